"""Makes small cubes, and what loadCube must give of them and of the shared data, with netCDF4, xarray and numpy.

Usage: python test/oracles/load-cube/make.py [shared data folder]

Files go to test/oracles/load-cube/files, results to expected.json and (with the folder) shared.json. Cells are chosen by
a loop over all of them in plain Python: a cell is kept when its extent overlaps the box by more than 1e-6 of itself.
"""

import json
import random
import sys
from pathlib import Path

import netCDF4
import numpy as np
import pyproj
import xarray as xr

HERE = Path(__file__).parent
FILES = HERE / "files"


def plain(values):
    return [None if v != v else v for v in np.asarray(values, "f8").ravel().tolist()]


def overlapping(centres, low, high, turn=None):
    """(index, centre moved by whole turns) of all cells that a range overlaps, from low to high."""
    step = abs(centres[-1] - centres[0]) / (len(centres) - 1)
    found = []
    for i, c in enumerate(centres):
        for k in range(-3, 4) if turn else [0]:
            at = c + k * (turn or 0)
            overlap = min(high, at + step / 2) - max(low, at - step / 2)
            if overlap > 1e-6 * step:
                found.append((i, at))
    return sorted(found, key=lambda p: p[1])


def create(name, **dims):
    f = netCDF4.Dataset(FILES / name, "w", format="NETCDF4")
    for dim, n in dims.items():
        f.createDimension(dim, n)
    return f


def put(f, name, kind, dims, values, fill=None, **attrs):
    v = f.createVariable(name, kind, dims, fill_value=fill, zlib=len(dims) > 1)
    v.set_auto_maskandscale(False)
    v.setncatts(attrs)
    v[...] = values
    return v


def degrees(f, lat, lon, lat_name="lat", lon_name="lon"):
    put(f, lat_name, "f8", (lat_name,), lat, units="degrees_north", standard_name="latitude")
    put(f, lon_name, "f8", (lon_name,), lon, units="degrees_east", standard_name="longitude")


# ---- one global grid, stored in six ways -----------------------------------------------------------------------------

LAT = np.arange(85.0, -90, -10)
LON = np.arange(-175.0, 180, 10)
rng = np.random.default_rng(7)
WORLD = rng.integers(0, 1000, (2, 18, 36)).astype("f4") / 8
WORLD[rng.random(WORLD.shape) < 0.05] = np.nan


def world(name, lat, lon, values, dims=("time", "lat", "lon")):
    sizes = {"time": 2, "lat": len(lat), "lon": len(lon)}
    f = create(name, **sizes)
    put(f, "time", "i4", ("time",), [0, 1], units="days since 2020-01-01", calendar="standard")
    degrees(f, lat, lon)
    put(f, "t", "f4", dims, np.where(np.isnan(values), -9999, values), fill=np.float32(-9999), units="K")
    f.close()


def worlds():
    world("north.nc", LAT, LON, WORLD)
    world("south.nc", LAT[::-1], LON, WORLD[:, ::-1])
    east = np.roll(WORLD, -18, axis=2)
    world("seam.nc", LAT, np.arange(5.0, 360, 10), east)
    world("west.nc", LAT, LON[::-1], WORLD[:, :, ::-1])
    world("south-seam-west.nc", LAT[::-1], np.arange(355.0, 0, -10), east[:, ::-1, ::-1])
    world("turned.nc", LAT, LON, WORLD.transpose(2, 0, 1), dims=("lon", "time", "lat"))
    rnd = random.Random(11)
    boxes = [[-180, -90, 180, 90], [170, -20, 190, 20], [-190, 70, -170, 90], [350, -5, 371, 5], [4.9, 0.1, 5.1, 0.2]]
    boxes += [[10, 10, 20, 20], [0, 0, 1e-9, 1e-9], [-180.5, -90, 179.5, -70], [20 - 1e-6, 0, 30 + 1e-6, 10]]
    for _ in range(25):
        w, h = 10 ** rnd.uniform(-2, 2.4), 10 ** rnd.uniform(-2, 2)
        x, y = rnd.uniform(-180, 180), rnd.uniform(-85, 85)
        boxes.append([round(v, 4) for v in (x, max(y, -90), x + w, min(y + h, 90))])
    out = []
    for box in boxes:
        xs = overlapping(LON.tolist(), box[0], box[2], 360)[:36]
        ys = overlapping(LAT.tolist(), box[1], box[3])[::-1]
        if not xs or not ys:  # narrower than the tolerance: the cell of the middle
            mx, my = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
            xs = [(i, c) for i, c in enumerate(LON.tolist()) if c - 5 <= mx < c + 5]
            ys = [(i, c) for i, c in enumerate(LAT.tolist()) if c - 5 < my <= c + 5]
        values = WORLD[:, [i for i, _ in ys]][:, :, [i for i, _ in xs]]
        out.append({"box": box, "x": [c for _, c in xs], "y": [c for _, c in ys], "values": plain(values)})
    return out


# ---- packed values ----------------------------------------------------------------------------------------------------


def packed():
    f = create("packed.nc", y=2, x=4)
    put(f, "x", "f8", ("x",), [0.5, 1.5, 2.5, 3.5], units="m", standard_name="projection_x_coordinate")
    put(f, "y", "f8", ("y",), [1.5, 0.5], units="m", standard_name="projection_y_coordinate")
    f.createVariable("crs", "i4").setncatts({"crs_wkt": pyproj.CRS.from_epsg(32631).to_wkt()})
    dims, gm = ("y", "x"), {"grid_mapping": "crs"}
    i2 = np.array([[-32768, -999, -501, -500], [0, 7, 500, 501]], "i2")
    put(f, "i2", "i2", dims, i2, fill=np.int16(-32768), scale_factor=0.01, add_offset=20.0,
        missing_value=np.int16(-999), valid_range=np.array([-500, 500], "i2"), **gm)
    i1 = np.array([[0, 127, -128, -1], [-2, 5, 6, -56]], "i1")
    put(f, "ubyte", "i1", dims, i1, fill=np.int8(-1), _Unsigned="true", valid_min=np.int8(1), scale_factor=0.5, **gm)
    i4 = np.array([[2147483647, -2147483647, 16777217, 5], [1, 2, 3, 4]], "i4")
    put(f, "i4", "i4", dims, i4, fill=np.int32(5), scale_factor=0.125, **gm)
    f4 = np.array([[1e20, 0.1, 0.2, 0.3], [-1, -2, -3, np.nan]], "f4")
    put(f, "f4", "f4", dims, f4, fill=np.float32(1e20), **gm)
    put(f, "f4scaled", "f4", dims, f4, fill=np.float32(1e20), scale_factor=0.1, **gm)
    put(f, "u1", "u1", dims, np.arange(8, dtype="u1").reshape(2, 4), **gm)
    f.close()
    out = {}
    i2f = np.where((i2 == -32768) | (i2 == -999) | (i2 < -500) | (i2 > 500), np.nan, i2 * 0.01 + 20.0)
    out["i2"] = ["float32", plain(i2f.astype("f4"))]
    u = i1.view("u1").astype("f8")
    out["ubyte"] = ["float32", plain(np.where((u == 255) | (u < 1), np.nan, u * 0.5).astype("f4"))]
    out["i4"] = ["float64", plain(np.where(i4 == 5, np.nan, i4 * 0.125))]
    ff = np.where(f4 == np.float32(1e20), np.nan, f4)
    out["f4"] = ["float32", plain(ff)]
    out["f4scaled"] = ["float64", plain(ff.astype("f8") * 0.1)]
    out["u1"] = ["float32", plain(np.arange(8))]
    # netCDF4's own masking and scaling says the same.
    with netCDF4.Dataset(FILES / "packed.nc") as f:
        for name, (_, values) in out.items():
            own = np.ma.filled(f[name][...].astype("f8"), np.nan)
            want = np.array([np.nan if v is None else v for v in values]).reshape(2, 4)
            assert np.allclose(own, want, rtol=1e-6, equal_nan=True), (name, own, want)
    return out


# ---- calendars, further dimensions, tiles -----------------------------------------------------------------------------


def noleap():
    f = create("noleap.nc", day=14, lat=2, lon=3)
    put(f, "day", "f8", ("day",), [31.0 * i for i in range(14)], units="days since 2003-12-30 12:00",
        calendar="365_day", axis="T", standard_name="time")
    degrees(f, [50.0, 51.0], [3.0, 4.0, 5.0])
    values = np.arange(14 * 6, dtype="f8").reshape(14, 2, 3)
    put(f, "pr", "f8", ("day", "lat", "lon"), values)
    f.close()
    with xr.open_dataset(FILES / "noleap.nc") as d:
        stamps = [t.isoformat() for t in d["day"].values]
    wanted = [i for i, s in enumerate(stamps) if "2004-02-28" <= s[:10] <= "2004-09-01"]
    return {"times": [stamps[i] for i in wanted], "values": plain(values[wanted][:, ::-1, 1:2])}


def levels():
    f = create("levels.nc", time=3, member=2, level=4, y=3, x=4)
    put(f, "time", "i8", ("time",), [6, 0, 12], units="hours since 2021-05-01")
    put(f, "level", "f4", ("level",), [1000, 850, 500, 200], units="hPa", positive="down")
    member = f.createVariable("member", str, ("member",))
    member[...] = np.array(["control", "a,b"], dtype=object)
    put(f, "x", "f8", ("x",), [500005.0, 500015, 500025, 500035], standard_name="projection_x_coordinate", units="m")
    put(f, "y", "f8", ("y",), [5000005.0, 5000015, 5000025], standard_name="projection_y_coordinate", units="m")
    f.createVariable("crs", "i4").setncatts({"crs_wkt": pyproj.CRS.from_epsg(32631).to_wkt()})
    values = rng.integers(-100, 100, (3, 2, 4, 3, 4)).astype("i2")
    put(f, "t", "i2", ("time", "member", "level", "y", "x"), values, grid_mapping="crs", units="K")
    put(f, "h", "f4", ("y", "x"), np.arange(12, dtype="f4").reshape(3, 4), grid_mapping="crs", units="m")
    f.close()
    order = values[[1, 0, 2]][..., ::-1, :].astype("f8")
    return {
        "all": plain(order),
        "level2": plain(order[:, :, 2]),
        "levels31": plain(order[:, :, [3, 1]]),
        "member1": plain(order[:, 1]),
        "h": plain(np.arange(12).reshape(3, 4)[::-1]),
        "mean_yx": plain(order.mean(axis=(3, 4))),
        "mean_all": plain(order.mean()),
        "series": plain(order.mean(axis=(1, 2, 3, 4))),
    }


def tile(name, x0, times, values, y0=40.0, step=1.0):
    nt, ny, nx = values.shape
    f = create(name, time=nt, lat=ny, lon=nx)
    put(f, "time", "i4", ("time",), times, units="days since 2022-03-01")
    degrees(f, y0 + step * (0.5 + np.arange(ny)), x0 + step * (0.5 + np.arange(nx)))
    put(f, "v", "f4", ("time", "lat", "lon"), np.where(np.isnan(values), -1, values), fill=np.float32(-1))
    f.close()


def tiles():
    nan = np.nan
    a = np.arange(12, dtype="f4").reshape(2, 2, 3) + 100
    b = np.arange(12, dtype="f4").reshape(2, 2, 3) + 200
    c = np.arange(12, dtype="f4").reshape(2, 2, 3) + 300
    c[0, 0, 0] = nan
    c[0, 1, 2] = nan
    tile("tile-a.nc", 10, [0, 1], a)  # west, days 0 and 1
    tile("tile-b.nc", 13, [0, 1], b)  # east, days 0 and 1
    tile("tile-c.nc", 10, [1, 2], c)  # west, days 1 (again) and 2
    tile("tile-off.nc", 13.3, [0, 1], b)
    tile("tile-fine.nc", 13, [0, 1], b, step=0.5)
    cube = np.full((3, 2, 6), nan)
    cube[0:2, :, 0:3] = a
    cube[0:2, :, 3:6] = b
    cube[1:3, :, 0:3] = np.where(np.isnan(c), cube[1:3, :, 0:3], c)
    return plain(cube[:, ::-1])


# ---- shared data ------------------------------------------------------------------------------------------------------


def shared(folder):
    """Boxes of real files: decoded by xarray, cells chosen by the loop above."""
    cases = [
        ("climate/tmmx_20190121.nc", "air_temperature", {}, [-106, 39, -105, 40.5], "lon", "lat"),
        ("climate/tmmx_20190121.nc", "air_temperature", {}, [-124.9, 48.9, -123.4, 49.5], "lon", "lat"),
        ("climate/eraint_uvz.nc", "u", {"level": 1}, [-10, 40, 5, 50], "longitude", "latitude"),
        ("climate/eraint_uvz.nc", "z", {"level": 2, "month": 1}, [172, -90, 191, -84], "longitude", "latitude"),
        ("climate/bcsd_obs_1999.nc", "pr", {}, [-77.2, 34.4, -76.3, 35.2], "longitude", "latitude"),
        ("climate/basin_mask.nc", "basin", {"Z": 0}, [-6, 30, 12, 45], "X", "Y"),
        ("climate/PLANET_SCOPE_3D.nc", "green", {}, None, "x", "y"),
        ("climate/sentinel_2_L1C_geographic.nc", "nir", {}, [-54.7508, -10.2506, -54.7503, -10.2502], "longitude", "latitude"),
        ("climate/MODIS_ARRAY.nc", "__xarray_dataarray_variable__", {}, None, "x", "y"),
        ("multisensor/worldcereal_be/worldcereal_preprocessed_inputs.nc", "S2-L2A-B08", {}, [664000, 5611100, 664123, 5611333], "x", "y"),
        ("multisensor/worldcereal_be/worldcereal_preprocessed_inputs.nc", "AGERA5-TMEAN", {}, [664000, 5611100, 664123, 5611333], "x", "y"),
    ]
    out = []
    for file, name, isel, box, xd, yd in cases:
        with xr.open_dataset(Path(folder) / file, decode_times=False, mask_and_scale=True) as d:
            v = d[name].isel({**isel}).astype("f8")
            raw = netCDF4.Dataset(Path(folder) / file)[name]
            for limit, outside in (("valid_min", np.less), ("valid_max", np.greater)):
                if hasattr(raw, limit):  # xarray does not look at these
                    v = v.where(~outside(v, getattr(raw, limit)))
            lon = np.asarray(d[xd], "f8").tolist()
            lat = np.asarray(d[yd], "f8").tolist()
            turn = 360 if xd.lower().startswith("lon") or xd == "X" else None
            if box is None:
                sx, sy = abs(lon[1] - lon[0]), abs(lat[1] - lat[0])
                xs_, ys_ = sorted(lon), sorted(lat)
                box = [xs_[1], ys_[2], xs_[-2] + sx / 4, ys_[-3] - sy / 4]
            xs = overlapping(lon, box[0], box[2], turn)
            ys = overlapping(lat, box[1], box[3])[::-1]
            part = v.isel({xd: [i for i, _ in xs], yd: [i for i, _ in ys]}).transpose(..., yd, xd)
            out.append({
                "file": file, "variable": name, "isel": isel, "box": box, "shape": list(part.shape),
                "x": [xs[0][1], xs[-1][1]], "y": [ys[0][1], ys[-1][1]],
                "valid": int(np.isfinite(part.values).sum()), "sum": float(np.nansum(part.values)),
                "values": plain(part.values.ravel()[:50]),
            })
    return out


if __name__ == "__main__":
    FILES.mkdir(exist_ok=True)
    expected = {"worlds": worlds(), "packed": packed(), "noleap": noleap(), "levels": levels(), "tiles": tiles()}
    (HERE / "expected.json").write_text(json.dumps(expected) + "\n")
    if len(sys.argv) > 1:
        (HERE / "shared.json").write_text(json.dumps(shared(sys.argv[1])) + "\n")
