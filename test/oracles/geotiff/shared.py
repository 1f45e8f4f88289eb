"""Checksums of what rasterio reads from every TIFF of the shared data, for the conformance test.

    python test/oracles/geotiff/shared.py ../shared/data > test/oracles/geotiff/shared-checksums.json

Per file: width, height, bands and the SHA-256 of `dataset.read()` (band, y, x; native byte order). Large files give the
checksum of their central 512 × 512 window. JPEG decoders differ in how they enlarge halved chroma (codecs.py), so YCbCr
files give the mean of each band instead. `error`: rasterio cannot read the file.
"""
import glob, hashlib, json, os, sys, warnings
import numpy as np, rasterio
from rasterio.windows import Window

warnings.filterwarnings('ignore')
root = sys.argv[1]
out = {}
for path in sorted(p for p in glob.glob(os.path.join(root, '**', '*'), recursive=True) if p.lower().endswith(('.tif', '.tiff'))):
    entry = {}
    try:
        with rasterio.open(path, driver='GTiff') as d:
            big = d.width * d.height * d.count > 2e7
            w = Window((d.width - 512) // 2, (d.height - 512) // 2, 512, 512) if big else Window(0, 0, d.width, d.height)
            a = d.read(window=w)
            if a.dtype in (np.int64, np.uint64): a = a.astype('float64')
            if a.dtype == np.float16: a = a.astype('float32')
            entry = dict(width=d.width, height=d.height, count=d.count, dtype=str(a.dtype))
            if big: entry['window'] = [int(w.col_off), int(w.row_off), 512, 512]
            if d.tags(ns='IMAGE_STRUCTURE').get('COMPRESSION') == 'YCbCr JPEG': entry['means'] = [round(float(b.mean()), 3) for b in a]
            else: entry['sha256'] = hashlib.sha256(np.ascontiguousarray(a).tobytes()).hexdigest()
            if d.profile.get('compress'): entry['codec'] = str(d.profile['compress'])
    except Exception as e:
        entry = dict(error=type(e).__name__)
    out[os.path.relpath(path, root)] = entry
print(json.dumps(out, indent=1))
