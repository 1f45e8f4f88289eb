"""Makes the JPEG 2000 oracles: small files written by GDAL's OpenJPEG driver, with checksums of what rasterio reads.

    python test/oracles/jp2/make.py                       (rasterio 1.4.4, GDAL 3.10.3, OpenJPEG 2.5.3)
    python test/oracles/jp2/make.py ../shared/data        checksums of the shared data instead

cases.json.gz           every way of dividing an image: tiles, precincts, code-blocks, resolutions, tile-parts
shared-checksums.json   per file: size, bands, type, transform, EPSG code, checksums of full resolution and overviews
"""
import base64, glob, gzip, hashlib, itertools, json, os, sys, tempfile, warnings
import numpy as np, rasterio, rasterio.shutil
from rasterio.transform import Affine

warnings.filterwarnings('ignore')
HERE = os.path.dirname(os.path.abspath(__file__))

def sha(a): return hashlib.sha256(np.ascontiguousarray(a).tobytes()).hexdigest()

def describe(path):
    with rasterio.open(path) as d:
        e = dict(width=d.width, height=d.height, count=d.count, dtype=d.dtypes[0], transform=list(d.transform)[:6],
                 epsg=d.crs.to_epsg() if d.crs else None, sha256=sha(d.read()))
        n = len(d.overviews(1))
    e['overviews'] = []
    for i in range(n):
        with rasterio.open(path, overview_level=i) as o: e['overviews'].append([o.width, o.height, sha(o.read())])
    return e

def shared(root):
    out = {}
    for path in sorted(p for p in glob.glob(os.path.join(root, '**', '*'), recursive=True) if p.lower().endswith(('.jp2', '.j2k'))):
        try: out[os.path.relpath(path, root)] = describe(path)
        except Exception as e: out[os.path.relpath(path, root)] = dict(error=type(e).__name__)
    json.dump(out, open(os.path.join(HERE, 'shared-checksums.json'), 'w'), indent=1)
    print(len(out))

def image(dtype, bands, height, width):
    b, y, x = np.meshgrid(np.arange(bands), np.arange(height), np.arange(width), indexing='ij')
    v = 0.5 + 0.3 * np.sin(x / 9 + b) + 0.2 * np.cos(y / 6 - b * 2)
    noise = np.random.default_rng(5).random((bands, height, width)) * 0.003
    top = {'uint8': 250, 'uint16': 9000, 'int16': 9000}[dtype]
    return ((v + noise) * top - (4000 if dtype == 'int16' else 0)).astype(dtype)

def make():
    tmp = tempfile.mkdtemp()
    cases = []
    def add(name, dtype='uint16', bands=1, height=98, width=134, ext='jp2', crs='EPSG:32631', transform=Affine(10, 0, 600000, 0, -10, 5700000), **o):
        path = os.path.join(tmp, 'x.' + ext)
        for f in glob.glob(path + '*'): os.remove(f)
        a = image(dtype, bands, height, width)
        with rasterio.MemoryFile() as m:
            with m.open(driver='GTiff', width=width, height=height, count=bands, dtype=dtype, crs=crs, transform=transform) as d: d.write(a)
            with m.open() as d: rasterio.shutil.copy(d, path, driver='JP2OpenJPEG', **o)
        for f in glob.glob(path + '.aux.xml'): os.remove(f)
        e = describe(path)
        cases.append(dict(name=name, **e, jp2=base64.b64encode(open(path, 'rb').read()).decode()))
    lossless = dict(QUALITY='100', REVERSIBLE='YES')
    for tile, codeblock, precincts, resolutions in itertools.product([32, 48, 64], [4, 16, 64], [None, '{16,16},{16,16},{16,16}', '{64,64},{32,32},{32,32}'], [1, 3]):
        o = dict(lossless, BLOCKXSIZE=tile, BLOCKYSIZE=tile, CODEBLOCK_WIDTH=codeblock, CODEBLOCK_HEIGHT=codeblock, RESOLUTIONS=resolutions)
        if precincts: o['PRECINCTS'] = precincts
        if resolutions == 1 and precincts and codeblock != 16: continue
        add(f'tiles-{tile}-blocks-{codeblock}-precincts-{(precincts or "none")[1:6]}-resolutions-{resolutions}', **o)
    for dtype, bands in [('uint8', 1), ('uint8', 3), ('uint16', 1), ('int16', 1)]:
        for reversible in ('YES', 'NO'):
            add(f'{dtype}-{bands}-reversible-{reversible}', dtype, bands, QUALITY='100' if reversible == 'YES' else '20', REVERSIBLE=reversible, BLOCKXSIZE=64, BLOCKYSIZE=64)
            add(f'{dtype}-{bands}-untiled-{reversible}', dtype, bands, QUALITY='100' if reversible == 'YES' else '20', REVERSIBLE=reversible, BLOCKXSIZE=1024, BLOCKYSIZE=1024)
    for progression in ('LRCP', 'RLCP', 'RPCL', 'PCRL', 'CPRL'): add(f'progression-{progression}', 'uint8', 3, **lossless, PROGRESSION=progression, BLOCKXSIZE=64, BLOCKYSIZE=64)
    add('tile-parts', **lossless, TILEPARTS='RESOLUTIONS', BLOCKXSIZE=64, BLOCKYSIZE=64)
    add('markers', **lossless, SOP='YES', EPH='YES', PLT='YES', TLM='YES', BLOCKXSIZE=64, BLOCKYSIZE=64)
    add('layers', QUALITY='10,40,100', REVERSIBLE='YES', BLOCKXSIZE=64, BLOCKYSIZE=64)
    add('fifteen-bits', **lossless, NBITS=15, BLOCKXSIZE=64, BLOCKYSIZE=64)
    add('codestream', ext='j2k', **lossless, CODEC='J2K', BLOCKXSIZE=64, BLOCKYSIZE=64)
    add('gml-only', **lossless, GeoJP2='NO', GMLJP2='YES')
    add('gml-geographic', crs='EPSG:4326', transform=Affine(0.01, 0, 12, 0, -0.01, 47), **lossless, GeoJP2='NO', GMLJP2='YES')
    add('geojp2-only', crs='EPSG:3035', **lossless, GeoJP2='YES', GMLJP2='NO')
    add('geojp2-geographic', crs='EPSG:4326', transform=Affine(0.01, 0, 12, 0, -0.01, 47), **lossless)
    refused = {}
    for name, dtype, bands in [('four-bands', 'uint8', 4), ('three-of-16-bits', 'uint16', 3), ('two-bands', 'uint8', 2)]:
        add(name, dtype, bands, 20, 20, **lossless)
        refused[name] = cases.pop()['jp2']
    text = json.dumps(dict(cases=cases, refused=refused), separators=(',', ':')).encode()
    open(os.path.join(HERE, 'cases.json.gz'), 'wb').write(gzip.compress(text, 9, mtime=0))
    print(len(cases), os.path.getsize(os.path.join(HERE, 'cases.json.gz')))

shared(sys.argv[1]) if len(sys.argv) > 1 else make()
