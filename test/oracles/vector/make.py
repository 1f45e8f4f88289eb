"""What GDAL (pyogrio) and geopandas say of every vector file of the shared data: layers, CRS, bounds, counts, fields.

Usage: python make.py SHARED_DATA > shared.json. Bounds are those of the geometries themselves, not of headers.
"""

import json
import sys
from pathlib import Path

import geopandas
import numpy
import pyogrio
from rasterio.warp import transform_bounds

ENDINGS = {".geojson", ".geojsonl", ".ndjson", ".parquet", ".fgb", ".shp", ".gpkg", ".json"}


def describe(name, frame, kinds):
    geometry = frame.geometry
    bounds = geometry.total_bounds
    known = frame.crs is not None and not numpy.isnan(bounds).any()
    return {
        "name": name,
        "lonlat": list(transform_bounds(frame.crs, 4326, *bounds, densify_pts=21)) if known else None,
        "crs": frame.crs.to_epsg() if frame.crs is not None else None,
        "count": len(frame),
        "bounds": None if numpy.isnan(bounds).any() else [float(v) for v in bounds],
        "types": sorted({t for t in geometry.geom_type.unique() if t is not None}),
        "declared": kinds,
        "fields": [c for c in frame.columns if c != geometry.name],
    }


def layers(path):
    if path.suffix == ".parquet":
        return [describe(path.stem, geopandas.read_parquet(path), None)]
    return [
        describe(name, pyogrio.read_dataframe(path, layer=name), kind)
        for name, kind in pyogrio.list_layers(path)
        if kind is not None
    ]


root = Path(sys.argv[1])
out = {}
for path in sorted(p for p in root.rglob("*") if p.suffix in ENDINGS and p.is_file() and "zarr" not in str(p.relative_to(root))):
    try:
        out[path.relative_to(root).as_posix()] = layers(path)
    except Exception as error:  # noqa: BLE001: whatever they refuse is recorded as refused
        out[path.relative_to(root).as_posix()] = f"{type(error).__name__}: {str(error).splitlines()[0][:120]}"
print(json.dumps(out, indent=1, default=str))
