"""Checks files against the rules of a Cloud Optimized GeoTIFF and prints what is wrong as JSON, per file.

The rules are those of GDAL's documentation ("COG - Cloud Optimized GeoTIFF generator", and its layout marks), read from the
bytes by this script's own TIFF reader: marker behind the header, directories first and in order of size, tiled, overviews
down to a tile, data of smaller overviews before that of larger ones and full resolution last, tiles in row order, each
between its size and a repeat of its last four bytes. GDAL is then asked whether it recognises the layout.
"""
import json
import struct
import sys

import rasterio

SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 12: 8, 16: 8}
CODES = {1: "B", 3: "H", 4: "I", 12: "d", 16: "Q"}


def directories(data):
    big = struct.unpack_from("<H", data, 2)[0] == 43
    at = struct.unpack_from("<Q", data, 8)[0] if big else struct.unpack_from("<I", data, 4)[0]
    out = []
    while at:
        count = struct.unpack_from("<Q" if big else "<H", data, at)[0]
        first, entry, inline = (at + 8, 20, 8) if big else (at + 2, 12, 4)
        tags, end = {}, first + count * entry + inline
        order = []
        for i in range(count):
            p = first + i * entry
            tag, kind = struct.unpack_from("<HH", data, p)
            n = struct.unpack_from("<Q" if big else "<I", data, p + 4)[0]
            place = p + (12 if big else 8)
            if n * SIZES[kind] > inline:
                place = struct.unpack_from("<Q" if big else "<I", data, place)[0]
                end = max(end, place + n * SIZES[kind])
            order.append(tag)
            if kind in CODES:
                tags[tag] = struct.unpack_from("<%d%s" % (n, CODES[kind]), data, place)
        out.append((at, end, tags, order))
        at = struct.unpack_from("<Q" if big else "<I", data, first + count * entry)[0]
    return big, out


def problems(path):
    bad = []
    data = open(path, "rb").read()
    big, dirs = directories(data)
    ghost = 16 if big else 8
    if not data[ghost:].startswith(b"GDAL_STRUCTURAL_METADATA_SIZE=000140 bytes\n"):
        bad.append("no layout marker")
    size = 43 + 140
    if dirs[0][0] not in range(ghost + size, ghost + size + 17):
        bad.append("the first directory is not behind the marker")
    ends = [end for _, end, _, _ in dirs]
    for (at, end, tags, order) in dirs:
        if order != sorted(order):
            bad.append("tags are not in order")
        if tags[322] != (512,) or tags[323] != (512,):
            bad.append("not tiled by 512")
        across, down = -(-tags[256][0] // 512), -(-tags[257][0] // 512)
        if len(tags[324]) != across * down or len(tags[325]) != across * down:
            bad.append("wrong number of tiles")
        if list(tags[324]) != sorted(tags[324]):
            bad.append("tiles are not in row order")
        for offset, length in zip(tags[324], tags[325]):
            if struct.unpack_from("<I", data, offset - 4)[0] != length:
                bad.append("a tile has no leader")
            if data[offset + length - 4: offset + length] != data[offset + length: offset + length + 4]:
                bad.append("a tile has no trailer")
    if [at for at, _, _, _ in dirs] != sorted(at for at, _, _, _ in dirs):
        bad.append("directories are not in order")
    shapes = [(tags[256][0], tags[257][0]) for _, _, tags, _ in dirs]
    for (w, h), (w2, h2) in zip(shapes, shapes[1:]):
        if (w2, h2) != (-(-w // 2), -(-h // 2)):
            bad.append("overviews are not halved")
    if max(shapes[-1]) >= 512 and len(shapes) >= 1:
        bad.append("overviews end too early")
    if len(shapes) > 1 and max(shapes[-2]) < 512:
        bad.append("overviews end too late")
    starts = [min(tags[324]) for _, _, tags, _ in dirs]
    if min(starts) < max(ends):
        bad.append("pixels before directories")
    if starts != sorted(starts, reverse=True):
        bad.append("overviews are not before full resolution")
    if [tags.get(254, (0,))[0] for _, _, tags, _ in dirs] != [0] + [1] * (len(dirs) - 1):
        bad.append("reduced resolution is not marked")
    last = max(o + n for o, n in zip(dirs[0][2][324], dirs[0][2][325])) + 4
    if last != len(data):
        bad.append("bytes behind the last tile")
    with rasterio.open(path) as d:
        if d.tags(ns="IMAGE_STRUCTURE").get("LAYOUT") != "COG":
            bad.append("GDAL does not say LAYOUT=COG")
        if d.overviews(1) != [2 ** (i + 1) for i in range(len(dirs) - 1)] and min(shapes[0]) > 512:
            bad.append("GDAL sees the overviews %s" % d.overviews(1))
    return bad


print(json.dumps([problems(p) for p in sys.argv[1:]]))
