import os

import geopandas


def load(folder, n):
    return geopandas.read_parquet(os.path.join(folder, "tiles.parquet"))


def run(folder, n, data):
    path = os.path.join(folder, "peer.parquet")
    data.to_parquet(path, index=False, compression="snappy", write_covering_bbox=True, schema_version="1.1.0", row_group_size=10_000)
    return {"check": [len(data)]}
