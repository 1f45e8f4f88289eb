"""Makes the small cubes and expected values of the cube tests with netCDF4, h5py, zarr, xarray, cftime, pyproj.

Usage: python test/oracles/cube/make.py [shared data folder]

Small files go to test/oracles/cube/files, what the libraries read of them to test/oracles/cube/expected.json, and what
xarray reads of the shared data (when the folder is given) to test/oracles/cube/shared.json.
"""

import hashlib
import json
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

import cftime
import h5py
import netCDF4
import numpy as np
import pyproj
import xarray as xr
import zarr

HERE = Path(__file__).parent
FILES = HERE / "files"
UTM = pyproj.CRS.from_epsg(32631)


def plain(values):
    """JSON of an array: numbers as they are, 64-bit integers as text, bytes as text."""
    a = np.asarray(values)
    if a.dtype.kind in "iu" and a.dtype.itemsize == 8:
        return [str(v) for v in a.ravel().tolist()]
    if a.dtype.kind == "S":
        return [v.decode("latin1") for v in a.ravel().tolist()]
    return [None if isinstance(v, float) and v != v else v for v in a.ravel().tolist()]


# ---- classic NetCDF: all types, record variables with padding ------------------------------------------------------

CLASSIC = {
    "NETCDF3_CLASSIC": ("cdf1", ["i1", "S1", "i2", "i4", "f4", "f8"]),
    "NETCDF3_64BIT_OFFSET": ("cdf2", ["i1", "S1", "i2", "i4", "f4", "f8"]),
    "NETCDF3_64BIT_DATA": ("cdf5", ["i1", "S1", "i2", "i4", "f4", "f8", "u1", "u2", "u4", "i8", "u8"]),
}


def sample(dtype, shape, seed):
    rng = np.random.default_rng(seed)
    if dtype == "S1":
        return rng.integers(97, 123, shape).astype("u1").view("S1")
    if dtype[0] == "f":
        return rng.standard_normal(shape).astype(dtype)
    info = np.iinfo(dtype)
    return rng.integers(info.min, info.max, shape, dtype=dtype, endpoint=True)


def classic():
    out = {}
    for fmt, (stem, types) in CLASSIC.items():
        path = FILES / f"{stem}.nc"
        with netCDF4.Dataset(path, "w", format=fmt) as d:
            d.title = "all types"
            d.setncattr("shorts", np.array([1, -2, 3], "i2"))
            d.setncattr("double", 2.5)
            d.createDimension("t", None)
            d.createDimension("y", 3)
            d.createDimension("x", 5)
            for i, dtype in enumerate(types):
                v = d.createVariable(f"fixed_{dtype}", dtype, ("y", "x"))
                v.set_auto_maskandscale(False)
                v.set_auto_chartostring(False)
                v[:] = sample(dtype, (3, 5), i)
                v.units = f"unit {dtype}"
                r = d.createVariable(f"record_{dtype}", dtype, ("t", "x"))
                r.set_auto_maskandscale(False)
                r.set_auto_chartostring(False)
                r[:] = sample(dtype, (4, 5), 100 + i)
            s = d.createVariable("scalar", "f8", ())
            s[...] = 1.25
        out[path.name] = dump(path)
    for dtype in ["i1", "i2", "S1"]:
        # A single record variable has no padding between its records.
        path = FILES / f"single-record-{dtype}.nc"
        with netCDF4.Dataset(path, "w", format="NETCDF3_CLASSIC") as d:
            d.createDimension("t", None)
            d.createDimension("x", 5)
            r = d.createVariable("record", dtype, ("t", "x"))
            r.set_auto_maskandscale(False)
            r[:] = sample(dtype, (4, 5), 7)
        out[path.name] = dump(path)
    return out


def dump(path):
    with netCDF4.Dataset(path) as d:
        d.set_auto_mask(False)
        d.set_auto_scale(False)
        d.set_auto_chartostring(False)
        return {
            "attributes": {k: plain_attribute(d.getncattr(k)) for k in d.ncattrs()},
            "dims": {k: len(v) for k, v in d.dimensions.items()},
            "variables": {
                k: {
                    "dims": list(v.dimensions),
                    "shape": list(v.shape),
                    "dtype": v.dtype.name if v.dtype != str and v.dtype.kind != "S" else "string",
                    "units": getattr(v, "units", None),
                    "values": plain(v[...]),
                    "corner": plain(v[tuple(slice(1, 3) for _ in v.shape)]),
                }
                for k, v in d.variables.items()
            },
        }


def plain_attribute(value):
    return value if isinstance(value, (str, int, float)) else np.asarray(value).tolist()


# ---- HDF5: types, filters, groups ----------------------------------------------------------------------------------


def hdf5():
    out = {}
    path = FILES / "types.nc"
    with netCDF4.Dataset(path, "w") as d:
        d.createDimension("y", 3)
        d.createDimension("x", 5)
        d.createDimension("bare", 2)
        types = ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"]
        for i, dtype in enumerate(types):
            v = d.createVariable(f"plain_{dtype}", dtype, ("y", "x"), endian="big" if i % 2 else "little")
            v.set_auto_maskandscale(False)
            v[:] = sample(dtype, (3, 5), i)
            z = d.createVariable(f"packed_{dtype}", dtype, ("y", "x"), zlib=True, shuffle=True, fletcher32=True, chunksizes=(2, 3))
            z.set_auto_maskandscale(False)
            z[:] = sample(dtype, (3, 5), 50 + i)
        t = d.createVariable("names", str, ("y",))
        t[:] = np.array(["a", "Grüße", ""], object)
        g = d.createGroup("inner")
        w = g.createVariable("deep", "f4", ("y", "x"))
        w[:] = sample("f4", (3, 5), 99)
        # A variable that shares its name with a dimension which is not its own.
        d.createVariable("bare", "i4", ("x",))[:] = [1, 2, 3, 4, 5]
    out[path.name] = dump(path)

    # Filters that the reader must refuse rather than return what it cannot undo.
    with h5py.File(FILES / "lzf.h5", "w") as f:
        f.create_dataset("x", data=np.arange(4.0))
        f.create_dataset("y", data=np.arange(3.0))
        f.create_dataset("data", data=np.arange(12.0).reshape(3, 4), compression="lzf", chunks=(3, 4))
        f["x"].make_scale("x")
        f["y"].make_scale("y")
        f["data"].dims[0].attach_scale(f["y"])
        f["data"].dims[1].attach_scale(f["x"])
    with h5py.File(FILES / "lzf-coordinate.h5", "w") as f:
        f.create_dataset("x", data=np.arange(64.0), compression="lzf", chunks=(64,))
        f.create_dataset("y", data=np.arange(3.0))
        f.create_dataset("data", data=np.zeros((3, 64)))
        for i, name in enumerate(["y", "x"]):
            f[name].make_scale(name)
            f["data"].dims[i].attach_scale(f[name])
    with h5py.File(FILES / "user-block.h5", "w", userblock_size=1024) as f:
        f.create_dataset("x", data=np.arange(4.0))
        f.create_dataset("scaled", data=np.arange(40).reshape(4, 10), scaleoffset=0, chunks=(4, 10))
    # Lengths and offsets of 4 bytes, and a value larger than a usual global heap.
    sizes = h5py.h5p.create(h5py.h5p.FILE_CREATE)
    sizes.set_sizes(4, 4)
    with h5py.File(h5py.h5f.create(str(FILES / "small-sizes.h5").encode(), h5py.h5f.ACC_TRUNC, sizes)) as f:
        f.create_dataset("texts", data=["z" * 5000, "Größe", ""], dtype=h5py.string_dtype())
        f["texts"].attrs["note"] = "short"
    return out


# ---- cubes: axes, CRS, times ---------------------------------------------------------------------------------------


def cube(path, x, y, *, dims=("y", "x"), mapping=None, time=None, xattrs=None, yattrs=None, fmt="NETCDF3_CLASSIC", coord="f8"):
    """A cube `v` on (time,) y, x; `mapping` are attributes of a grid mapping, `time` is (values, units, calendar)."""
    with netCDF4.Dataset(path, "w", format=fmt) as d:
        yname, xname = dims
        names = list(dims)
        for name, values, attrs in ((yname, y, yattrs), (xname, x, xattrs)):
            d.createDimension(name, len(values))
            attrs = dict(attrs or {})
            c = d.createVariable(name, coord, (name,), fill_value=attrs.pop("_FillValue", None))
            c.set_auto_maskandscale(False)
            for k, value in attrs.items():
                c.setncattr(k, value)
            c[:] = values
        if time is not None:
            values, units, calendar = time
            values = np.asarray(values)
            if values.dtype.kind == "i":
                values = values.astype("i4")
            shape = ()
            if values.ndim:
                d.createDimension("time", len(values))
                shape = ("time",)
                names = ["time", *names]
            t = d.createVariable("time", values.dtype, shape)
            t.set_auto_maskandscale(False)
            t[...] = values
            t.units = units
            if calendar:
                t.calendar = calendar
        if mapping is not None:
            m = d.createVariable("crs", "i4", ())
            for k, value in mapping.items():
                m.setncattr(k, value)
        v = d.createVariable("v", "i1", names)
        if mapping is not None:
            v.grid_mapping = "crs"


PROJECTIONS = {
    "tmerc": 32631,
    "tmerc-south": 32733,
    "lcc": 2154,
    "aea": 5070,
    "polar-north": 3413,
    "polar-south": 3031,
    "laea": 3035,
    "merc": 3395,
    "cea": 6933,
    "longlat": 4326,
    "sinu": "+proj=sinu +lon_0=0 +x_0=0 +y_0=0 +R=6371007.181 +units=m +no_defs",
    "lcc-sphere": "+proj=lcc +lat_1=33 +lat_2=45 +lat_0=40 +lon_0=-97 +x_0=0 +y_0=0 +R=6370000 +units=m +no_defs",
}


def projections():
    """CF parameters by pyproj (without WKT), and where PROJ puts a point with them."""
    out = {}
    for name, code in PROJECTIONS.items():
        crs = pyproj.CRS.from_user_input(code)
        cf = {k: v for k, v in crs.to_cf().items() if k not in ("crs_wkt", "geographic_crs_name", "horizontal_datum_name")}
        centre = {"tmerc": (3.2, 48.1), "tmerc-south": (15.3, -20.2), "lcc": (2.5, 46.1), "polar-south": (20.0, -75.0)}
        lon, lat = centre.get(name, (-97.5, 41.0) if name in ("aea", "lcc-sphere") else (10.0, 75.0) if "polar" in name else (11.0, 50.0))
        # The figure of the Earth alone, so that no datum shift is compared.
        base = crs.geodetic_crs if not crs.is_geographic else crs
        x, y = pyproj.Transformer.from_crs(base, crs, always_xy=True).transform(lon, lat)
        out[name] = {"cf": {k: list(v) if isinstance(v, tuple) else v for k, v in cf.items()}, "lonlat": [lon, lat], "xy": [x, y], "epsg": code if isinstance(code, int) else None}
    return out


TIMES = [
    ("days since 1990-01-01", None, [0, 1, 10957.5]),
    ("days since 1950-01-01 00:00:00", "standard", [17927.0, 18261.0]),
    ("hours since 1900-01-01 00:00:0.0", "gregorian", [1043136.0, 1043142.0]),
    ("hours since 1-1-1 00:00:0.0", "standard", [17067072.0, 0.0]),
    ("days since 1582-10-14", "proleptic_gregorian", [0.0, 150000.0]),
    ("days since 1582-10-04", "standard", [0.0, 150000.0]),
    ("days since 0850-01-01", "standard", [0.0, 400000.0]),
    ("seconds since 1970-01-01T00:00:00Z", "proleptic_gregorian", [1600000000.123456, 0.000001]),
    ("seconds since 2016-12-19T10:27:29.687763", "proleptic_gregorian", [0.0, 872712.659688]),
    ("milliseconds since 2000-02-29 12:00:00", "standard", [86400000.0, -1.0]),
    ("minutes since 2001-03-01 06:30", "standard", [-1440.0, 90.0]),
    ("days since 2001-01-01", "noleap", [0.0, 59.0, 365.0, 1154.0, 3650.25]),
    ("days since 1850-03-01 12:00:00", "365_day", [-1.0, 60225.0]),
    ("hours since 2000-01-01 00:00:00 +02:00", "standard", [0.0, 24.0]),
    ("Hour since 2001-12-31T23:00:00Z", "proleptic_gregorian", [146406.0]),
    ("days since 2000-02-28", "noleap", [1.0]),
]


def times():
    out = []
    for units, calendar, values in TIMES:
        # cftime reads UDUNITS' lower-case names only.
        dates = cftime.num2date(values, units.replace("Hour", "hours"), calendar or "standard")
        micros = []
        for date in np.atleast_1d(dates):
            if calendar in ("noleap", "365_day"):
                date = cftime.datetime(date.year, date.month, date.day, date.hour, date.minute, date.second, date.microsecond, calendar="proleptic_gregorian")
                delta = date - cftime.datetime(1970, 1, 1, calendar="proleptic_gregorian")
            else:
                delta = date - cftime.datetime(1970, 1, 1, calendar=date.calendar)
            micros.append((delta.days * 86400 + delta.seconds) * 1_000_000 + delta.microseconds)
        out.append({"units": units, "calendar": calendar, "values": values, "micros": micros})
    return out


def cubes():
    east = {"units": "degrees_east", "standard_name": "longitude"}
    north = {"units": "degrees_north", "standard_name": "latitude"}
    lonlat = {"xattrs": east, "yattrs": north}
    cube(FILES / "utm-daily.nc", 600005 + 10 * np.arange(6), 5000095 - 10 * np.arange(10), mapping=UTM.to_cf(), time=([3, 0, 1, 2], "days since 2020-02-28", "standard"))
    cube(FILES / "global-360.nc", np.arange(2.5, 360, 5), np.arange(-87.5, 90, 5), dims=("lat", "lon"), **lonlat)
    cube(FILES / "global-poles.nc", np.arange(0, 360, 2.5).astype("f4"), np.arange(90, -90.1, -2.5).astype("f4"), dims=("latitude", "longitude"), coord="f4", **lonlat)
    cube(FILES / "pacific.nc", np.arange(170.5, 190), np.arange(-9.5, 10), dims=("lat", "lon"), **lonlat)
    cube(FILES / "west.nc", np.arange(235.5, 250), np.arange(30.5, 40), dims=("lat", "lon"), **lonlat)
    cube(FILES / "westward.nc", np.arange(9.5, -0.5, -1), np.arange(40.5, 45), dims=("lat", "lon"), **lonlat)
    cube(FILES / "km.nc", np.arange(-95, 100, 10.0), np.arange(95, -100, -10.0), mapping=pyproj.CRS.from_epsg(3413).to_cf(), xattrs={"units": "km"}, yattrs={"units": "kilometres"})
    cube(FILES / "irregular.nc", [0, 1, 2.01, 3], [0, 1, 2.0], dims=("lat", "lon"), **lonlat)
    cube(FILES / "nearly-regular.nc", [0, 1.0004, 2, 3], [0, 1, 2.0], dims=("lat", "lon"), **lonlat)
    cube(FILES / "gaussian.nc", np.arange(0, 360, 2.0), np.polynomial.legendre.leggauss(32)[0] * 90, dims=("lat", "lon"), **lonlat)
    cube(FILES / "one-cell.nc", [5.0], [1.0, 2, 3], dims=("lat", "lon"), **lonlat)
    cube(FILES / "no-crs.nc", [0.0, 10, 20], [0.0, 10])
    cube(FILES / "axis.nc", [0.5, 1.5, 2.5], [0.5, 1.5], dims=("north", "east"), xattrs={"axis": "X"}, yattrs={"axis": "Y"})
    cube(FILES / "360-day.nc", [0.5, 1.5, 2.5], [0.5, 1.5], dims=("lat", "lon"), time=([0, 1], "days since 2000-01-01", "360_day"), **lonlat)
    cube(FILES / "months.nc", [0.5, 1.5, 2.5], [0.5, 1.5], dims=("lat", "lon"), time=([0, 1], "months since 2000-01-01", None), **lonlat)
    cube(FILES / "scalar-time.nc", [0.5, 1.5, 2.5], [0.5, 1.5], dims=("lat", "lon"), time=(np.float64(36.5), "hours since 2000-01-01", None), **lonlat)
    cube(FILES / "filled.nc", [0.5, 1.5, -999], [0.5, 1.5], dims=("lat", "lon"), xattrs={**east, "_FillValue": -999.0}, yattrs=north)
    cube(FILES / "rotated.nc", [0.5, 1.5, 2.5], [0.5, 1.5], mapping={"grid_mapping_name": "rotated_latitude_longitude"})
    with netCDF4.Dataset(FILES / "packed.nc", "w", format="NETCDF3_CLASSIC") as d:
        for name, n, offset in (("lat", 4, 10.0), ("lon", 6, 100.0)):
            d.createDimension(name, n)
            c = d.createVariable(name, "i2", (name,))
            c.set_auto_maskandscale(False)
            c[:] = np.arange(n) * 5
            c.scale_factor = 0.1
            c.add_offset = offset
        d.createVariable("v", "f4", ("lat", "lon"))
    with netCDF4.Dataset(FILES / "bounds.nc", "w", format="NETCDF3_CLASSIC") as d:
        d.createDimension("nv", 2)
        for name, n in (("lat", 3), ("lon", 1)):
            d.createDimension(name, n)
            c = d.createVariable(name, "f8", (name,))
            c[:] = np.arange(n)
            c.bounds = name + "_bnds"
            d.createVariable(name + "_bnds", "f8", (name, "nv"))[:] = np.stack([np.arange(n) - 0.5, np.arange(n) + 1.5], 1)
        d.createVariable("v", "f4", ("lat", "lon"))
    with netCDF4.Dataset(FILES / "curvilinear.nc", "w", format="NETCDF3_CLASSIC") as d:
        d.createDimension("y", 3)
        d.createDimension("x", 4)
        for name in ("lat", "lon"):
            d.createVariable(name, "f8", ("y", "x"))[:] = 1
        d.createVariable("v", "f4", ("y", "x")).coordinates = "lat lon"
    with netCDF4.Dataset(FILES / "groups.nc", "w") as d:
        for name, size, step in (("r20", 4, 20), ("r10", 8, 10)):
            g = d.createGroup(f"measurements/{name}")
            for axis, sign in (("y", -1), ("x", 1)):
                g.createDimension(axis, size)
                g.createVariable(axis, "f8", (axis,))[:] = 500000 + sign * (np.arange(size) + 0.5) * step
            for band in ("b02", "b03"):
                v = g.createVariable(band, "u2", ("y", "x"))
                v.setncattr("proj:epsg", 32632)
    return expected_cubes(FILES)


def edges(values):
    """Outer edges of cells around centres."""
    values = np.asarray(values, "f8")
    step = (values[-1] - values[0]) / (len(values) - 1)
    return [float(values[0] - step / 2), float(values[-1] + step / 2)]


def describe(ds, x, y, time="time"):
    """What xarray says of a cube."""
    out = {"x": edges(ds[x]), "y": edges(ds[y]), "width": ds.sizes[x], "height": ds.sizes[y]}
    if time in ds.variables or time in ds.coords:
        t = np.atleast_1d(ds[time].values)
        # Rounded: xarray keeps nanoseconds, numpy would cut them off.
        ns = (t.astype("datetime64[ns]").astype("i8") + 500) // 1000 if t.dtype.kind == "M" else None
        if ns is not None:
            out["time"] = [int(ns.min()), int(ns.max()), len(ns)]
    out["variables"] = [str(k) for k, v in ds.data_vars.items() if x in v.dims and y in v.dims]
    return out


def expected_cubes(folder):
    return {"utm-daily.nc": describe(xr.open_dataset(folder / "utm-daily.nc"), "x", "y"), "packed.nc": describe(xr.open_dataset(folder / "packed.nc"), "lon", "lat")}


# ---- Zarr ----------------------------------------------------------------------------------------------------------


def zarrs():
    out = {}
    ds = xr.Dataset(
        {"v": (("time", "y", "x"), np.arange(2 * 4 * 6, dtype="f4").reshape(2, 4, 6)), "n": (("y", "x"), np.arange(24, dtype="i8").reshape(4, 6))},
        coords={"x": 600005 + 10.0 * np.arange(6), "y": 5000035 - 10.0 * np.arange(4), "time": np.array(["2024-01-01", "2024-01-09"], "datetime64[ns]")},
    )
    ds = ds.assign_coords(spatial_ref=((), 0, UTM.to_cf()))
    ds["v"].attrs["grid_mapping"] = "spatial_ref"
    for version, name, consolidated in ((2, "v2-consolidated.zarr", True), (2, "v2-listed.zarr", False), (3, "v3-listed.zarr", False), (3, "v3-consolidated.zarr", True)):
        shutil.rmtree(FILES / name, ignore_errors=True)
        ds.to_zarr(FILES / name, zarr_format=version, consolidated=consolidated, encoding={"v": {"chunks": (1, 3, 4)}, "x": {"chunks": (4,)}})
        out[name] = describe(xr.open_zarr(FILES / name, consolidated=consolidated), "x", "y")
    for name, method in (("stored.zarr.zip", zipfile.ZIP_STORED), ("deflated.zarr.zip", zipfile.ZIP_DEFLATED)):
        with zipfile.ZipFile(FILES / name, "w", method) as z:
            for p in sorted((FILES / "v2-consolidated.zarr").rglob("*")):
                if p.is_file():
                    z.write(p, Path("top.zarr") / p.relative_to(FILES / "v2-consolidated.zarr"))
    shutil.rmtree(FILES / "codecs.zarr", ignore_errors=True)
    root = zarr.create_group(FILES / "codecs.zarr", zarr_format=3)
    values = np.arange(7 * 5, dtype="f8").reshape(7, 5)
    blosc = zarr.codecs.BloscCodec(cname="zstd", shuffle="shuffle")
    for name, codecs in (("blosc", [blosc]), ("zstd", [zarr.codecs.ZstdCodec()]), ("gzip", [zarr.codecs.GzipCodec()]), ("raw", None)):
        a = root.create_array(name, shape=(7, 5), chunks=(3, 2), dtype="f8", compressors=codecs, dimension_names=("y", "x"))
        a[:] = values
    a = root.create_array("sharded", shape=(7, 5), chunks=(2, 2), shards=(4, 4), dtype="i4", dimension_names=("y", "x"))
    a[:] = values.astype("i4")
    a = root.create_array("holes", shape=(7, 5), chunks=(3, 2), dtype="f4", fill_value=-1, dimension_names=("y", "x"))
    a[0:3, 0:2] = 5
    return out, plain(values)


# ---- shared data ---------------------------------------------------------------------------------------------------

SHARED = {
    "multisensor/worldcereal_be/worldcereal_preprocessed_inputs.nc": ("x", "y", "t", 32631),
    "multisensor/worldcereal_be/worldcereal_cropland_classification.nc": ("x", "y", None, None),
    "multisensor/worldcereal_be/worldcereal_croptype_classification.nc": ("x", "y", None, None),
    "climate/sentinel_2_L1C_geographic.nc": ("longitude", "latitude", "time", None),
    "climate/tmmx_20190121.nc": ("lon", "lat", "day", 4326),
    "climate/eraint_uvz.nc": ("longitude", "latitude", None, None),
    "climate/PLANET_SCOPE_3D.nc": ("x", "y", "time", 32722),
    "climate/MODIS_ARRAY.nc": ("x", "y", None, None),
    "climate/basin_mask.nc": ("X", "Y", None, None),
    "climate/bcsd_obs_1999.nc": ("longitude", "latitude", "time", None),
    "landsat/other/two-subs.h5": ("x", "y", None, None),
    "zarr/cube-1-250-250.zarr": ("lon", "lat", "time", None),
    "climate/sic_daily_sample.zarr.zip": ("longitude", "latitude", "time", None),
}


OTHERS = [
    "climate/daily_surface_cancities_1990-1993.nc",
    "climate/test_stageiv_xyt_borked.nc",
    "hyperspectral/emit_afghanistan/EMIT_L1B_OBS_001_20220827T060753_9999999_999.nc",
    "hyperspectral/emit_afghanistan/EMIT_L2A_MASK_001_20220827T060753_9999999_999.nc",
    "multisensor/treesat/Abies_alba_1_1005_WEFL_NLF.h5",
]


def digest(values):
    """SHA-256 of little-endian values in row-major order."""
    a = np.ascontiguousarray(values)
    return hashlib.sha256(a.astype(a.dtype.newbyteorder("<")).tobytes()).hexdigest()[:16]


def stored_values(path):
    """Digests of all numeric variables as they are stored, neither masked nor scaled."""
    if path.name.endswith(".zarr"):
        return {k: digest(a[...]) for k, a in zarr.open_group(path, mode="r").arrays() if a.dtype.kind in "iuf"}
    with netCDF4.Dataset(path) as d:
        d.set_auto_mask(False)
        d.set_auto_scale(False)
        return {k: digest(v[...]) for k, v in d.variables.items() if v.dtype != str and v.dtype.kind in "iuf"}


def shared(folder):
    out = {}
    with tempfile.TemporaryDirectory() as scratch:
        for name, (x, y, time, epsg) in SHARED.items():
            path = folder / name
            if name.endswith(".zip"):
                zipfile.ZipFile(path).extractall(scratch)
                path = Path(scratch) / Path(name).stem
            ds = xr.open_zarr(path) if path.suffix == ".zarr" else xr.open_dataset(path, engine="netcdf4")
            entry = describe(ds, x, y, time or "no such variable")
            entry.update(xDim=x, yDim=y, timeVar=time, values=stored_values(path))
            for v in ds.variables.values():
                wkt = v.attrs.get("crs_wkt") or v.attrs.get("spatial_ref")
                if wkt:
                    entry["epsg"] = pyproj.CRS.from_wkt(wkt).to_epsg()
            assert epsg is None or entry["epsg"] == epsg, (name, entry)
            out[name] = entry
    # Files that are no cubes are still read as files.
    for name in OTHERS:
        out[name] = {"values": stored_values(folder / name)}
    return out


def main():
    shutil.rmtree(FILES, ignore_errors=True)
    FILES.mkdir(parents=True)
    described, values = zarrs()
    expected = {"classic": classic(), "hdf5": hdf5(), "cubes": cubes(), "projections": projections(), "times": times(), "zarr": described, "zarrValues": values}
    (HERE / "expected.json").write_text(json.dumps(expected, indent=None, separators=(",", ":"), ensure_ascii=False) + "\n")
    if len(sys.argv) > 1:
        (HERE / "shared.json").write_text(json.dumps(shared(Path(sys.argv[1])), indent=1) + "\n")


main()
