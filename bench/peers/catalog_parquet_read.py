import os

import geopandas


def run(folder, n, data):
    catalog = geopandas.read_parquet(os.path.join(folder, "tiles.parquet"))
    return {"check": [len(catalog), *catalog.total_bounds.tolist()]}
