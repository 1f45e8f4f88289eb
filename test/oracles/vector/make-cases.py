"""Small vector files of every format that GDAL and geopandas wrote, with what they read back: cases.json.gz.

Usage: python make-cases.py cases.json.gz. Each case: name, files (name to hexadecimal digits), main file, layers with facts and features.
"""

import gzip
import json
import sys
import tempfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from shapely.geometry import (
    GeometryCollection,
    LineString,
    MultiLineString,
    MultiPoint,
    MultiPolygon,
    Point,
    Polygon,
    mapping,
)

HOLE = Polygon([(0, 0), (10, 0), (10, 10), (0, 10)], [[(2, 2), (4, 2), (4, 4), (2, 4)], [(6, 6), (8, 6), (8, 8), (6, 8)]])
TWO = MultiPolygon([HOLE, Polygon([(20, 20), (30, 20), (30, 30)])])
BIG = Polygon([(500000 + 3000 * np.cos(a), 5000000 + 3000 * np.sin(a)) for a in np.linspace(0, 2 * np.pi, 1200, endpoint=False)])
GEOMETRIES = {
    "point": [Point(1, 2), Point(-3, 4.5), Point(170, -80)],
    "multipoint": [MultiPoint([(1, 2), (3, 4)]), MultiPoint([(-5, 6)])],
    "line": [LineString([(0, 0), (1, 5), (2, 3)]), LineString([(10, 10), (12, 12)])],
    "multiline": [MultiLineString([[(0, 0), (1, 1)], [(5, 5), (6, 7), (8, 8)]])],
    "polygon": [HOLE, Polygon([(20, 20), (30, 20), (30, 30)])],
    "multipolygon": [TWO, MultiPolygon([HOLE])],
    "pointz": [Point(1, 2, 3), Point(4, 5, 6)],
    "polygonz": [Polygon([(0, 0, 1), (10, 0, 2), (10, 10, 3)]), Polygon([(0, 0, 5), (-10, 0, 6), (-10, -10, 7)])],
}
MIXED = [Point(1, 2), None, HOLE, GeometryCollection([Point(40, 41), LineString([(1, 1), (2, 2)])]), TWO]


def frame(geometries, crs="EPSG:4326"):
    n = len(geometries)
    return gpd.GeoDataFrame(
        {
            "name": ["Ä b" if i % 2 else f"row {i}" for i in range(n)],
            "number": np.arange(n, dtype="int32") - 1,
            "value": np.linspace(-0.5, 2.25, n),
        },
        geometry=gpd.GeoSeries(geometries, crs=crs),
        crs=crs,
    )


def plain(value):
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None
    return value.item() if isinstance(value, np.generic) else value


def facts(name, read):
    bounds = read.geometry.total_bounds
    columns = [c for c in read.columns if c != read.geometry.name]
    return {
        "name": name,
        "epsg": read.crs.to_epsg() if read.crs is not None else None,
        "count": len(read),
        "bounds": None if np.isnan(bounds).any() else bounds.tolist(),
        "types": sorted({g.geom_type for g in read.geometry if g is not None}),
        "fields": columns,
        "features": [
            {
                "geometry": json.loads(json.dumps(mapping(g))) if g is not None else None,
                "properties": {c: plain(row[c]) for c in columns},
            }
            for g, (_, row) in zip(read.geometry, read.iterrows())
        ],
    }


cases = []


def add(name, folder, main):
    path = folder / main
    if path.suffix == ".parquet":
        layers = [facts(path.stem, gpd.read_parquet(path))]
    else:
        layers = [facts(layer, pyogrio.read_dataframe(path, layer=layer)) for layer, _ in pyogrio.list_layers(path)]
    files = {p.name: p.read_bytes().hex() for p in sorted(folder.iterdir())}
    cases.append({"name": name, "main": main, "files": files, "layers": layers})


def case(name, main, write):
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write(folder / main)
        add(name, folder, main)


for kind, geometries in GEOMETRIES.items():
    case(f"fgb {kind}", "a.fgb", lambda p: pyogrio.write_dataframe(frame(geometries), p))
    case(f"geojson {kind}", "a.geojson", lambda p: pyogrio.write_dataframe(frame(geometries), p))
    case(f"gpkg {kind}", "a.gpkg", lambda p: pyogrio.write_dataframe(frame(geometries), p))
    case(f"parquet {kind}", "a.parquet", lambda p: frame(geometries).to_parquet(p))
    case(f"shp {kind}", "a.shp", lambda p: pyogrio.write_dataframe(frame(geometries), p, encoding="UTF-8"))
case("fgb without index", "a.fgb", lambda p: pyogrio.write_dataframe(frame(GEOMETRIES["polygon"]), p, SPATIAL_INDEX="NO"))
case("fgb mixed, with null", "a.fgb", lambda p: pyogrio.write_dataframe(frame(MIXED), p, geometry_type="Unknown", SPATIAL_INDEX="NO"))
case("fgb many", "a.fgb", lambda p: pyogrio.write_dataframe(frame([Point(i % 30, i // 30) for i in range(600)]), p))
case("fgb one", "a.fgb", lambda p: pyogrio.write_dataframe(frame([Point(7, 8)]), p))
case("fgb of UTM", "a.fgb", lambda p: pyogrio.write_dataframe(frame([BIG], "EPSG:32632"), p))
case("geojson mixed, with null", "a.geojson", lambda p: pyogrio.write_dataframe(frame(MIXED), p, geometry_type="Unknown"))
case("geojson of UTM by its crs member", "a.geojson", lambda p: pyogrio.write_dataframe(frame([BIG], "EPSG:32632"), p))
case("newline-delimited geojson", "a.geojsonl", lambda p: pyogrio.write_dataframe(frame(MIXED), p, driver="GeoJSONSeq", geometry_type="Unknown"))
case("geojson text sequence", "a.geojsonseq", lambda p: pyogrio.write_dataframe(frame(GEOMETRIES["polygon"]), p, driver="GeoJSONSeq", RS="YES"))
case("gpkg mixed, with null", "a.gpkg", lambda p: pyogrio.write_dataframe(frame(MIXED), p, geometry_type="Unknown"))
case("gpkg of rows that overflow their page", "a.gpkg", lambda p: pyogrio.write_dataframe(frame([BIG, BIG.buffer(10)], "EPSG:32632"), p))
case("gpkg of many pages", "a.gpkg", lambda p: pyogrio.write_dataframe(frame([Point(i % 30, i // 30) for i in range(600)]), p, SPATIAL_INDEX="NO"))


def layered(p):
    pyogrio.write_dataframe(frame(GEOMETRIES["point"]), p, layer="places")
    pyogrio.write_dataframe(frame([BIG], "EPSG:32632"), p, layer="fields 2024", append=True)


case("gpkg of two layers in two CRSs", "a.gpkg", layered)
case("parquet mixed, with null", "a.parquet", lambda p: frame(MIXED).to_parquet(p))
case("parquet with covering, in row groups", "a.parquet", lambda p: frame([Point(i % 30, i // 30) for i in range(600)]).to_parquet(p, write_covering_bbox=True, row_group_size=100, schema_version="1.1.0"))
case("parquet of UTM", "a.parquet", lambda p: frame([BIG], "EPSG:32632").to_parquet(p))
case("shp of UTM", "a.shp", lambda p: pyogrio.write_dataframe(frame([BIG], "EPSG:32632"), p))
case("shp of NAD83", "a.shp", lambda p: pyogrio.write_dataframe(frame(GEOMETRIES["point"], "EPSG:4269"), p))
case("shp of ETRS89 UTM", "a.shp", lambda p: pyogrio.write_dataframe(frame([BIG], "EPSG:25832"), p))
case("shp of web Mercator", "a.shp", lambda p: pyogrio.write_dataframe(frame([BIG], "EPSG:3857"), p))
case("shp with a null shape", "a.shp", lambda p: pyogrio.write_dataframe(frame([Point(1, 2), None, Point(5, -6)]), p))
with gzip.GzipFile(sys.argv[1], "wb", mtime=0) as out:
    out.write(json.dumps(cases, default=str).encode())
