"""Makes cases.json.gz: JPEG streams of every subsampling and what libjpeg-turbo reads from them.

    python test/oracles/jpeg/make.py          (Pillow with libjpeg-turbo, numpy)
"""
import base64, gzip, hashlib, io, json, os
import numpy as np
from PIL import Image, features

assert features.check('libjpeg_turbo')
HERE = os.path.dirname(os.path.abspath(__file__))
out = []

def picture(width, height, bands):
    y, x, b = np.meshgrid(np.arange(height), np.arange(width), np.arange(bands), indexing='ij')
    noise = np.random.default_rng(11).integers(-30, 30, (height, width, bands))
    return np.clip(120 + 60 * np.sin(x / 7 + b) + 50 * np.cos(y / 5 - b) + noise, 0, 255).astype('uint8')

def add(name, image, **o):
    f = io.BytesIO()
    image.save(f, 'JPEG', **o)
    a = np.asarray(Image.open(io.BytesIO(f.getvalue())))
    out.append(dict(name=name, width=image.width, height=image.height, bands=1 if a.ndim == 2 else 3,
                    sha256=hashlib.sha256(np.ascontiguousarray(a).tobytes()).hexdigest(), jpeg=base64.b64encode(f.getvalue()).decode()))

for width, height in [(48, 32), (37, 29), (3, 5), (17, 16), (1, 1), (5, 40)]:
    rgb = Image.fromarray(picture(width, height, 3))
    for subsampling in ('4:4:4', '4:2:2', '4:2:0', '4:1:1'):
        for quality in (30, 95):
            add(f'{subsampling}-{width}x{height}-{quality}', rgb, subsampling=subsampling, quality=quality)
    add(f'gray-{width}x{height}', Image.fromarray(picture(width, height, 1)[:, :, 0]), quality=80)
rgb = Image.fromarray(picture(70, 50, 3))
add('optimized', rgb, optimize=True)
add('restart-rows', rgb, restart_marker_rows=1)
add('restart-blocks', rgb, restart_marker_blocks=2, subsampling='4:2:0')
f = io.BytesIO(); rgb.save(f, 'JPEG', progressive=True)
text = json.dumps(dict(cases=out, progressive=base64.b64encode(f.getvalue()).decode()), separators=(',', ':')).encode()
open(os.path.join(HERE, 'cases.json.gz'), 'wb').write(gzip.compress(text, 9, mtime=0))
print(len(out), os.path.getsize(os.path.join(HERE, 'cases.json.gz')))
