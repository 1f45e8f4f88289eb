"""GDAL's /vsicurl with 15 threads, set as its documentation advises for COGs on object stores."""
import json
import os
import subprocess
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import rasterio
from rasterio.windows import Window

THREADS = 15
SETTINGS = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_HTTP_MERGE_CONSECUTIVE_RANGES": "YES",
    "CPL_VSIL_CURL_USE_HEAD": "NO",
    "GDAL_INGESTED_BYTES_AT_OPEN": "65536",
    "VSI_CACHE": "TRUE",
    "GDAL_HTTP_MULTIPLEX": "YES",
}


def start(folder, delay):
    server = subprocess.Popen(["node", "bench/lib/slow-server.mjs", folder, str(delay)], stdout=subprocess.PIPE, text=True)
    return server, f"http://127.0.0.1:{int(server.stdout.readline())}"


def sum_chips(folder, n, data):
    server, base = data
    chips = json.load(open(os.path.join(folder, "chips.json")))

    def one(i):
        total = 0
        with rasterio.Env(**SETTINGS), rasterio.open(f"/vsicurl/{base}/{i}.tif") as src:
            for _, col, row in (c for c in chips if c[0] == i):
                total += int(src.read(window=Window(col, row, 256, 256)).sum(dtype=np.int64))
        return total

    with ThreadPoolExecutor(THREADS) as pool:
        total = sum(pool.map(one, range(n)))
    requests = int(urllib.request.urlopen(f"{base}/count").read())
    server.kill()
    return {"check": [total], "requests": requests}
