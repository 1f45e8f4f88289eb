import json
import os

import numpy as np
import rasterio
from rasterio.windows import Window


def run(folder, n, data):
    total = 0
    with rasterio.open(os.path.join(folder, "big.tif")) as src:
        for col, row in json.load(open(os.path.join(folder, "windows.json"))):
            total += int(src.read(window=Window(col, row, 256, 256)).sum(dtype=np.int64))
    return {"check": [total]}
