import os

import numpy as np
import rasterio
from rasterio.windows import Window

CHIP = 256


def run(folder, n, data):
    total = count = 0
    with rasterio.open(os.path.join(folder, "big.tif")) as src:
        for row in range(0, src.height - CHIP + 1, CHIP):
            for col in range(0, src.width - CHIP + 1, CHIP):
                total += int(src.read(window=Window(col, row, CHIP, CHIP)).sum(dtype=np.int64))
                count += 1
    return {"check": [count, total]}
