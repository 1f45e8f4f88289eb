"""Series that xarray makes of dated files, for test/unit/load/timeseries.test.ts.

python test/oracles/timeseries/make.py        (rasterio 1.4.4, xarray, pandas, numpy)

Files are made by a formula that the test repeats, written and read with rasterio and put on the grid as NaN where they have
nothing; xarray resamples them in time. Nodata is 0.
"""
import json
import os
import tempfile

import numpy as np
import pandas as pd
import rasterio
import xarray as xr
from rasterio.transform import from_origin
from rasterio.windows import from_bounds

HERE = os.path.dirname(os.path.abspath(__file__))
W, H = 24, 18
LEFT, TOP, RES = 500000.0, 5300000.0, 10.0
START, END = "2024-03-01", "2024-03-31"
# Date and time of each file, and the columns it has.
FILES = [
    ("20240301T101500", 0, 24), ("20240302T235959", 0, 24), ("20240303T000000", 0, 24),
    ("20240306T101500", 0, 15), ("20240306T101600", 9, 24), ("20240307T101500", 0, 24),
    ("20240309T101500", 0, 24), ("20240313T101500", 0, 12), ("20240314T101500", 6, 24),
    ("20240314T120000", 0, 24), ("20240321T101500", 0, 24), ("20240328T101500", 3, 20), ("20240330T101500", 0, 24),
]


def values(d):
    r, c = np.mgrid[0:H, 0:W]
    v = 1 + (d * 331 + r * 97 + c * 53 + (d + 3) * r * c % 17 * 40) % 2503
    return np.where((r * 3 + c * 5 + d * 7) % 6 == 0, 0, v).astype("uint16")


layers, times = [], []
with tempfile.TemporaryDirectory() as folder:
    for d, (stamp, c0, c1) in enumerate(FILES):
        path = os.path.join(folder, f"s_{stamp}.tif")
        profile = {"width": c1 - c0, "height": H, "count": 1, "dtype": "uint16", "crs": "EPSG:32631", "nodata": 0,
                   "transform": from_origin(LEFT + c0 * RES, TOP, RES, RES)}
        with rasterio.open(path, "w", driver="GTiff", **profile) as f:
            f.write(values(d)[:, c0:c1], 1)
        with rasterio.open(path) as f:
            window = from_bounds(LEFT, TOP - H * RES, LEFT + W * RES, TOP, f.transform)
            a = f.read(1, window=window, boundless=True, masked=True, fill_value=0)
            layers.append(np.where(np.ma.getmaskarray(a), np.nan, a.data.astype("float64")))
            times.append(pd.to_datetime(stamp))
series = xr.DataArray(np.stack(layers), dims=("time", "y", "x"), coords={"time": pd.DatetimeIndex(times).as_unit("ns")})


def day_mosaics():
    """Per UTC day the most recent valid pixel."""
    return series.groupby(series.time.dt.floor("1D").rename("day")).last(skipna=True)


out = {}
index = []
for step in (1, 5, 10):
    start, end = pd.Timestamp(START), pd.Timestamp(END) + pd.Timedelta(days=1)
    bins = series.resample(time=f"{step}D", origin=start)
    present = bins.count().sum(("y", "x")) > 0
    for how in ("mean", "median"):
        out[how, step] = getattr(bins, how)().where(present, drop=True)
    out["first", step] = bins.first(skipna=True).where(present, drop=True)
    out["last", step] = bins.last(skipna=True).where(present, drop=True)
    days = day_mosaics()
    frames, starts = [], []
    left = start
    while left < end:
        right = min(left + pd.Timedelta(days=step), end)
        inside = days.sel(day=(days.day >= left.to_datetime64()) & (days.day < right.to_datetime64()))
        if inside.sizes["day"]:
            middle = left + (right - left) / 2
            distance = np.abs(inside.day.values + np.timedelta64(12, "h") - middle.to_datetime64())
            frames.append(inside.isel(day=int(distance.argmin())).drop_vars("day"))
            starts.append(left)
        left = right
    out["nearest", step] = xr.concat(frames, pd.DatetimeIndex(starts, name="time"))
for (how, step), a in out.items():
    name = f"{how}-{step}.npy"
    # Doubles would be four times as large; means are compared as Float32.
    np.save(os.path.join(HERE, name), np.nan_to_num(a.values, nan=-1).astype("float32" if how in ("mean", "median") else "int16"))
    index.append({"how": how, "step": step, "file": name, "times": [int(t.value // 1000) for t in pd.DatetimeIndex(a.time.values).as_unit("ns")]})
with open(os.path.join(HERE, "cases.json"), "w") as f:
    json.dump({"shape": [H, W], "start": START, "end": END, "files": FILES, "cases": index}, f, indent=0)
    f.write("\n")
