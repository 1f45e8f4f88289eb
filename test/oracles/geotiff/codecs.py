"""Makes codecs.json.gz: small files of every codec beyond those of make.py, written by GDAL, with what rasterio reads.

    python test/oracles/geotiff/codecs.py          (rasterio 1.4.4, GDAL 3.10.3, numpy 2.4, Pillow 11)

Each case: name, codec, dtype, tiff (base64), sha256 of rasterio's array. `values` (base64) and `turbo` where JPEG decoders
differ.
"""
import base64, gzip, hashlib, itertools, json, os, tempfile, warnings
import numpy as np, rasterio
from PIL import Image
from rasterio.transform import Affine

warnings.filterwarnings('ignore')
HERE = os.path.dirname(os.path.abspath(__file__))
TMP = tempfile.mkdtemp()
HEIGHT, WIDTH = 37, 45
out, refused = [], {}

def smooth(bands, height=HEIGHT, width=WIDTH):
    b, y, x = np.meshgrid(np.arange(bands), np.arange(height), np.arange(width), indexing='ij')
    return 120 + 60 * np.sin(x / 7 + b) + 50 * np.cos(y / 5 - b) + (x * 7 + y * 13 + b * 5) % 11

def write(name, a, **profile):
    path = os.path.join(TMP, name + '.tif')
    base = dict(driver='GTiff', width=a.shape[2], height=a.shape[1], count=a.shape[0], dtype=a.dtype,
                transform=Affine(10, 0, 600000, 0, -10, 5700000), crs='EPSG:32631')
    base.update(profile)
    with rasterio.open(path, 'w', **base) as d: d.write(a)
    return path

def add(name, path):
    with rasterio.open(path) as d: a = d.read()
    e = dict(name=name, codec=name.split('-')[0], dtype=str(a.dtype), shape=list(a.shape), sha256=hashlib.sha256(np.ascontiguousarray(a).tobytes()).hexdigest(),
             tiff=base64.b64encode(open(path, 'rb').read()).decode())
    if 'ycbcr' in name: e['values'] = base64.b64encode(np.ascontiguousarray(a).tobytes()).decode()
    if 'ycbcr' in name: # the wheel of rasterio has IJG's libjpeg 9, which scales chroma in its DCT; Pillow has libjpeg-turbo
        b = np.ascontiguousarray(np.moveaxis(np.asarray(Image.open(path)), 2, 0))
        e['turbo'] = hashlib.sha256(b.tobytes()).hexdigest()
        print(name, 'IJG 9 and turbo differ by', int(np.abs(a.astype(int) - b).max()))
    out.append(e)

tiles = dict(tiled=True, blockxsize=32, blockysize=32)
for dtype, interleave, codec in itertools.product(['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'float32', 'float64'], ['pixel', 'band'], ['lerc', 'lerc_deflate', 'lerc_zstd']):
    if codec != 'lerc' and dtype not in ('uint16', 'float32'): continue
    a = (smooth(2) / (3 if dtype == 'int8' else 1)).astype(dtype)
    add(f'lerc-{codec}-{dtype}-{interleave}', write('x', a, compress=codec, interleave=interleave, **(tiles if interleave == 'pixel' else {})))
a = smooth(1).astype('float32'); a[0, 5:9, 3:20] = np.nan
add('lerc-nan', write('x', a, compress='lerc', **tiles))
a = smooth(3).astype('float64'); a[:, 5:9, 3:20] = np.nan
add('lerc-nan-pixel', write('x', a, compress='lerc', interleave='pixel', **tiles))
add('lerc-nan-all', write('x', np.full((1, HEIGHT, WIDTH), np.nan, 'float32'), compress='lerc', **tiles))
add('lerc-lossy', write('x', smooth(1).astype('float32'), compress='lerc', max_z_error=0.5, **tiles))
add('lerc-big-endian', write('x', smooth(2).astype('int16'), compress='lerc', ENDIANNESS='BIG', **tiles))
refused['lerc-float-big-endian'] = base64.b64encode(open(write('x', smooth(2).astype('float32'), compress='lerc', ENDIANNESS='BIG', **tiles), 'rb').read()).decode()
rgba = np.concatenate([smooth(3), np.full((1, HEIGHT, WIDTH), 255)]).astype('uint8'); rgba[3, 4:12, 6:30] = 0
add('lerc-alpha', write('x', rgba, compress='lerc', interleave='pixel', photometric='rgb', alpha='yes', **tiles))

for layout, quality in itertools.product(['tiles', 'strips'], [50, 90]):
    p = dict(compress='jpeg', JPEG_QUALITY=quality, **(tiles if layout == 'tiles' else dict(blockysize=16)))
    u8 = lambda n: smooth(n).astype('uint8')
    add(f'jpeg-gray-{layout}-{quality}', write('x', u8(1), **p))
    add(f'jpeg-rgb-{layout}-{quality}', write('x', u8(3), interleave='pixel', photometric='rgb', **p))
    add(f'jpeg-ycbcr-{layout}-{quality}', write('x', u8(3), interleave='pixel', photometric='ycbcr', **p))
    add(f'jpeg-band-{layout}-{quality}', write('x', u8(3), interleave='band', **p))
    add(f'jpeg-four-{layout}-{quality}', write('x', u8(4), interleave='pixel', **p))
noise = np.random.default_rng(7).integers(0, 256, (3, 64, 64)).astype('uint8')
add('jpeg-ycbcr-noise', write('x', noise, compress='jpeg', interleave='pixel', photometric='ycbcr', tiled=True, blockxsize=64, blockysize=64))
bits = Image.fromarray(smooth(1)[0].astype('uint8') > 120)
for name, kind, info in [('ccitt-g3-2d', 'group3', {292: 1}), ('ccitt-g3-fill', 'group3', {292: 4}), ('ccitt-g3-pil', 'group3', {}), ('ccitt-g4-pil', 'group4', {}), ('ccitt-rle-pil', 'tiff_ccitt', {})]:
    path = os.path.join(TMP, 'pil.tif')
    bits.save(path, compression=kind, tiffinfo=info)
    add(name, path)

for bands in (3, 4):
    a = (smooth(3) if bands == 3 else rgba).astype('uint8')
    add(f'webp-lossless-{bands}', write('x', a, compress='webp', WEBP_LOSSLESS='YES', interleave='pixel', photometric='rgb', **tiles))
    add(f'webp-lossy-{bands}', write('x', a, compress='webp', WEBP_LEVEL=60, interleave='pixel', photometric='rgb', **tiles))
    add(f'webp-strips-{bands}', write('x', a, compress='webp', WEBP_LOSSLESS='YES', interleave='pixel', photometric='rgb', blockysize=16))
one = (smooth(1) > 120).astype('uint8')
wide = (np.add.outer(np.arange(9), np.arange(5300)) % 2700 < 2650).astype('uint8')[None]
for codec in ('ccittrle', 'ccittfax3', 'ccittfax4'):
    add(f'ccitt-{codec}', write('x', one, compress=codec, NBITS=1))
    add(f'ccitt-{codec}-tiles', write('x', one, compress=codec, NBITS=1, **tiles))
    add(f'ccitt-{codec}-wide', write('x', wide, compress=codec, NBITS=1))
    add(f'ccitt-{codec}-white', write('x', one, compress=codec, NBITS=1, photometric='miniswhite'))
    add(f'ccitt-{codec}-noise', write('x', np.random.default_rng(3).integers(0, 2, (1, 33, 61)).astype('uint8'), compress=codec, NBITS=1))
add('packbits-runs', write('x', (smooth(1) // 40).astype('uint8'), compress='packbits'))
for codec in ('lzma', 'jxl'):
    try: refused[codec] = base64.b64encode(open(write('x', smooth(1).astype('uint8'), compress=codec), 'rb').read()).decode()
    except Exception as e: print(codec, e)
try:
    refused['jpeg-12'] = base64.b64encode(open(write('x', (smooth(1) * 16).astype('uint16'), compress='jpeg', NBITS=12), 'rb').read()).decode()
except Exception as e: print('jpeg-12', e)
text = json.dumps(dict(cases=out, refused=refused), separators=(',', ':')).encode()
with open(os.path.join(HERE, 'codecs.json.gz'), 'wb') as f: f.write(gzip.compress(text, 9, mtime=0))
print(len(out), os.path.getsize(os.path.join(HERE, 'codecs.json.gz')), [e['name'] for e in out if e['name'].startswith('ccitt')])
