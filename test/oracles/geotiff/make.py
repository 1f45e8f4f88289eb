"""Makes the GeoTIFF oracles: small files written by GDAL, with checksums of what rasterio reads from them.

    python test/oracles/geotiff/make.py          (rasterio 1.4.4, GDAL 3.10.3, numpy 2.4)

variants.json.gz  every combination of type, blocks, codec, predictor, interleaving and byte order; the values follow
                  the formula of `sample`, which the test repeats on its own (second oracle)
cases.json.gz     single features: masks, overviews, nodata, georeferencing, CRS, colour tables, odd bit depths
"""
import base64, gzip, hashlib, itertools, json, os, tempfile, warnings
import numpy as np, rasterio
from rasterio.enums import ColorInterp, Resampling
from rasterio.shutil import copy as rio_copy
from rasterio.transform import Affine
from rasterio.warp import transform as warp_points

warnings.filterwarnings('ignore')
HERE = os.path.dirname(os.path.abspath(__file__))
TMP = tempfile.mkdtemp()
BANDS, HEIGHT, WIDTH = 2, 18, 21

def sample(dtype, bands=BANDS, height=HEIGHT, width=WIDTH):
    b, y, x = np.meshgrid(np.arange(bands), np.arange(height), np.arange(width), indexing='ij')
    v = (b * 1009 + y * 131 + x * 17 + x * y * 3) % 251
    if dtype == 'uint8': return v.astype(dtype)
    if dtype == 'int8': return (v - 125).astype(dtype)
    if dtype == 'uint16': return (v * 257).astype(dtype)
    if dtype == 'int16': return (v * 257 - 32000).astype(dtype)
    if dtype == 'uint32': return (v * 16000001).astype(dtype)
    if dtype == 'int32': return (v * 16000001 - 2000000000).astype(dtype)
    if dtype in ('int64', 'uint64'): return (v * 3500000000001).astype(dtype)
    f = (v / 7 - 10)
    f[(x + y) % 13 == 5] = np.nan
    return f.astype(dtype)

def sha(a):
    if a.dtype in (np.int64, np.uint64): a = a.astype('float64')
    if a.dtype == np.float16: a = a.astype('float32')
    return hashlib.sha256(np.ascontiguousarray(a).tobytes()).hexdigest()

def write(name, array, **profile):
    path = os.path.join(TMP, name + '.tif')
    base = dict(driver='GTiff', width=array.shape[2], height=array.shape[1], count=array.shape[0], dtype=array.dtype,
                transform=Affine(10, 0, 600000, 0, -10, 5700000), crs='EPSG:32631')
    base.update(profile)
    post = base.pop('post', None)
    with rasterio.open(path, 'w', **base) as d:
        d.write(array)
        if post: post(d)
    return path

def b64(path):
    return base64.b64encode(open(path, 'rb').read()).decode()

def dump(name, value):
    with open(os.path.join(HERE, name), 'wb') as f:
        f.write(gzip.compress(json.dumps(value, separators=(',', ':')).encode(), 9, mtime=0))
    print(name, len(value), os.path.getsize(os.path.join(HERE, name)))

def variants():
    out = []
    codecs = [('none', [1]), ('deflate', [1, 2, 3]), ('lzw', [1, 2, 3]), ('packbits', [1]), ('zstd', [1, 2, 3])]
    types = ['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'float32', 'float64', 'int64', 'uint64']
    for dtype, (codec, predictors), tiled, interleave, endian in itertools.product(types, codecs, [True, False], ['pixel', 'band'], ['LITTLE', 'BIG']):
        for predictor in predictors:
            if predictor == 3 and not dtype.startswith('float'): continue
            if codec == 'lzw' and dtype in ('int8', 'int16', 'uint32', 'int64', 'uint64'): continue
            if codec == 'zstd' and dtype not in ('uint16', 'float32'): continue
            if codec == 'packbits' and dtype not in ('uint8', 'uint16', 'float64'): continue
            profile = dict(compress=codec, interleave=interleave, ENDIANNESS=endian, tiled=tiled)
            profile.update(dict(blockxsize=16, blockysize=16) if tiled else dict(blockysize=5))
            if predictor > 1: profile['predictor'] = predictor
            a = sample(dtype)
            name = f"{dtype}-{codec}-p{predictor}-{'tiles' if tiled else 'strips'}-{interleave}-{endian.lower()}"
            path = write(name, a, **profile)
            with rasterio.open(path) as d: read = d.read()
            out.append(dict(name=name, dtype=dtype, sha256=sha(read), tiff=b64(path)))
    dump('variants.json.gz', out)

def describe(path, **extra):
    with rasterio.open(path) as d:
        a = d.read()
        mask = any(rasterio.enums.MaskFlags.per_dataset in m and rasterio.enums.MaskFlags.alpha not in m for m in d.mask_flag_enums)
        cx, cy = d.transform * (d.width / 2, d.height / 2)
        lonlat = None
        if d.crs:
            (lon,), (lat,) = warp_points(d.crs, 'OGC:CRS84', [cx], [cy])
            lonlat = [lon, lat] if np.isfinite(lon) else None
        overviews, sums = [], []
        factors = d.overviews(1)
        for i in range(len(factors)):
            with rasterio.open(path, overview_level=i) as o:
                overviews.append([o.width, o.height]); sums.append(sha(o.read()))
        nodata = None if d.nodata is None else ('nan' if np.isnan(d.nodata) else d.nodata)
        return dict(tiff=b64(path), width=d.width, height=d.height, count=d.count, sha256=sha(a), nodata=nodata,
                    transform=list(d.transform)[:6], descriptions=list(d.descriptions), scales=list(d.scales), offsets=list(d.offsets),
                    mask=sha(d.dataset_mask() // 255) if mask else None, overviews=overviews, overviewSums=sums,
                    epsg=d.crs.to_epsg() if d.crs else None, center=[cx, cy], lonlat=lonlat,
                    tags={k: v for k, v in d.tags().items() if k != 'AREA_OR_POINT'},
                    palette=[list(d.colormap(1)[i]) for i in range(4)] if d.colorinterp[0] == ColorInterp.palette else None, **extra)

def cases():
    out = {}
    def add(name, path, **extra): out[name] = describe(path, **extra)
    u8 = sample('uint8'); u16 = sample('uint16'); f32 = sample('float32')
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True):
        m = (np.add.outer(np.arange(HEIGHT), np.arange(WIDTH)) % 5 != 0).astype('uint8') * 255
        add('mask', write('mask', u16, compress='deflate', post=lambda d: d.write_mask(m)))
        add('mask-tiles', write('mask-tiles', u16, compress='lzw', tiled=True, blockxsize=16, blockysize=16, post=lambda d: d.write_mask(m)))
        path = write('mask-ovr', np.tile(u16, (1, 6, 6)), compress='deflate', tiled=True, blockxsize=32, blockysize=32, post=lambda d: d.write_mask(np.tile(m, (6, 6))))
        with rasterio.open(path, 'r+') as d: d.build_overviews([2, 4], Resampling.nearest)
        add('mask-overviews', path)
    path = write('ovr', np.tile(u16, (1, 6, 6)), compress='deflate', tiled=True, blockxsize=32, blockysize=32)
    with rasterio.open(path, 'r+') as d: d.build_overviews([2, 4, 8], Resampling.average)
    add('overviews', path)
    add('nodata-nan', write('nan', f32, nodata=float('nan')))
    add('nodata-9999', write('n9999', f32, nodata=-9999))
    add('nodata-float-min', write('fmin', f32, nodata=float(np.finfo('float32').min)))
    add('nodata-0', write('n0', u8, nodata=0))
    add('pixel-is-point', write('point', u8, post=lambda d: d.update_tags(AREA_OR_POINT='Point')))
    add('rotated', write('rot', u8, transform=Affine(8.66, 5, 600000, 5, -8.66, 5700000)))
    add('rotated-point', write('rotp', u8, transform=Affine(8.66, 5, 600000, 5, -8.66, 5700000), post=lambda d: d.update_tags(AREA_OR_POINT='Point')))
    add('south-up', write('south', u8, transform=Affine(10, 0, 600000, 0, 10, 5700000)))
    add('not-georeferenced', write('plain', u8, transform=Affine.identity(), crs=None))
    add('palette', write('pal', u8[:1] % 4, photometric='palette', post=lambda d: d.write_colormap(1, {0: (0, 0, 0, 255), 1: (255, 0, 10, 255), 2: (1, 2, 3, 255), 3: (255, 255, 255, 255)})))
    def named(d):
        d.descriptions = ('B04 <red> & "more"', 'Präzision 云')
        d.scales = (0.0001, 2.0); d.offsets = (-0.1, 0.0); d.update_tags(SENSOR='A & B', TIFFTAG_DATETIME='2024:01:02 03:04:05')
    add('names', write('names', u16, post=named))
    for bits in (1, 2, 4, 12):
        a = (sample('uint16') % (2 ** bits)).astype('uint16' if bits > 8 else 'uint8')
        for interleave in ('pixel', 'band'):
            add(f'nbits-{bits}-{interleave}', write(f'nb{bits}{interleave}', a, NBITS=bits, interleave=interleave, compress='deflate'))
    add('half-float', write('half', sample('float32'), NBITS=16))
    sparse = np.zeros((1, 64, 64), 'uint16'); sparse[0, :20, :20] = 7
    add('sparse', write('sparse', sparse, tiled=True, blockxsize=16, blockysize=16, SPARSE_OK=True, nodata=0))
    sparse9 = np.full((1, 64, 64), 9, 'uint16'); sparse9[0, :20, :20] = 7
    add('sparse-nodata', write('sparse9', sparse9, tiled=True, blockxsize=16, blockysize=16, SPARSE_OK=True, nodata=9))
    add('bigtiff', write('big', u16, BIGTIFF='YES', compress='lzw', predictor=2))
    add('bigtiff-big-endian', write('bigbe', np.tile(u16, (1, 8, 8)), BIGTIFF='YES', compress='deflate', tiled=True, blockxsize=16, blockysize=16, ENDIANNESS='BIG'))
    add('many-bands-big-endian', write('manybe', np.concatenate([u16] * 60), ENDIANNESS='BIG', interleave='band', compress='deflate'))
    path = os.path.join(TMP, 'cog.tif')
    rio_copy(write('forcog', np.tile(u16, (1, 30, 30)), nodata=0), path, driver='COG', compress='deflate', predictor='yes', blocksize=512)
    add('cog-of-gdal', path)
    crss = {'utm-31': 'EPSG:32631', 'utm-20s': 'EPSG:32720', 'wgs84': 'EPSG:4326', 'laea-europe': 'EPSG:3035', 'albers-conus': 'EPSG:5070', 'lambert-93': 'EPSG:2154', 'polar-north': 'EPSG:3413', 'polar-south': 'EPSG:3031', 'web-mercator': 'EPSG:3857', 'ease2': 'EPSG:6933',
            'own-tmerc': '+proj=tmerc +lat_0=10 +lon_0=21 +k=0.9993 +x_0=500000 +y_0=-5300000 +ellps=GRS80 +units=m',
            'own-utm': '+proj=utm +zone=33 +datum=WGS84 +units=m', 'own-etrs-utm': '+proj=utm +zone=32 +ellps=GRS80 +units=m',
            'own-lcc': '+proj=lcc +lat_0=46 +lon_0=14 +lat_1=49 +lat_2=46 +x_0=400000 +y_0=400000 +datum=WGS84 +units=m',
            'own-lcc-1sp': '+proj=lcc +lat_1=46.8 +lat_0=46.8 +lon_0=2.3 +k_0=0.99987742 +x_0=600000 +y_0=2200000 +datum=WGS84 +units=m',
            'own-albers': '+proj=aea +lat_0=30 +lon_0=10 +lat_1=43 +lat_2=62 +x_0=0 +y_0=0 +datum=WGS84 +units=m',
            'own-laea': '+proj=laea +lat_0=45 +lon_0=100 +x_0=0 +y_0=0 +datum=WGS84 +units=m',
            'own-polar': '+proj=stere +lat_0=90 +lat_ts=60 +lon_0=10 +x_0=0 +y_0=0 +datum=WGS84 +units=m',
            'own-sinusoidal': '+proj=sinu +lon_0=0 +x_0=0 +y_0=0 +R=6371007.181 +units=m', 'own-cea': '+proj=cea +lat_ts=40 +lon_0=5 +x_0=0 +y_0=0 +datum=WGS84 +units=m',
            'own-feet': '+proj=tmerc +lat_0=40 +lon_0=-74 +k=0.9999 +x_0=150000 +y_0=0 +ellps=GRS80 +units=us-ft'}
    for name, crs in crss.items():
        geographic = crs == 'EPSG:4326'
        t = Affine(0.01, 0, 12, 0, -0.01, 47) if geographic else Affine(10, 0, 600000, 0, -10, 700000)
        add('crs-' + name, write('crs' + name, u8[:1], crs=crs, transform=t))
    refused = {
        'complex': write('complex', np.ones((1, 4, 4), 'complex64')),
        'int64-too-large': write('i64', np.full((1, 4, 4), 2**60 + 1, 'int64')),
    }
    dump('cases.json.gz', dict(cases=out, refused={k: b64(v) for k, v in refused.items()}))

variants()
cases()
