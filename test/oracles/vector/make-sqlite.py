"""Small SQLite databases and what SQLite reads from them: sqlite.json.gz. Usage: python make-sqlite.py sqlite.json.gz"""

import gzip
import json
import sqlite3
import sys
import tempfile
from pathlib import Path

SQL = """
CREATE TABLE "odd ""name" (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, -- the row id, ( with a bracket
  [a b] TEXT DEFAULT '), (', `real` DOUBLE CHECK ("real" IS NULL OR "real" > -1e300),
  /* a comment, with a comma */ big MEDIUMINT, bytes BLOB,
  twice INTEGER GENERATED ALWAYS AS (big * 2) VIRTUAL, CONSTRAINT u UNIQUE (fid, big)
);
CREATE TABLE later (x, y);
"""
NUMBERS = [0, 1, -1, 127, -128, 128, 32767, -32768, 32768, 8388607, -8388608, 8388608, 2**31 - 1, -(2**31), 2**31, 2**47 - 1, -(2**47), 2**47, 2**53]
cases = []
for encoding in ["UTF-8", "UTF-16le", "UTF-16be"]:
    for page in [512, 1024, 4096]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.db"
            db = sqlite3.connect(path)
            db.executescript(f"PRAGMA encoding='{encoding}'; PRAGMA page_size={page};" + SQL)
            for i, n in enumerate(NUMBERS):
                row = (f"tëxt {i} " * (i * 7 % 60) if i % 5 else None, i / 3 if i % 4 else None, n, bytes([i]) * (i * 397 % 3000) if i % 3 else None)
                db.execute('INSERT INTO "odd ""name" ("a b", "real", big, bytes) VALUES (?, ?, ?, ?)', row)
            db.executemany("INSERT INTO later VALUES (?, ?)", [(i, f"row {i}") for i in range(400)])
            db.execute("ALTER TABLE later ADD COLUMN z DEFAULT NULL")
            db.execute("DELETE FROM later WHERE x % 7 = 3")
            db.commit()
            odd = db.execute('SELECT fid, "a b", "real", big, hex(bytes), bytes IS NULL FROM "odd ""name" ORDER BY fid').fetchall()
            later = db.execute("SELECT rowid, x, y, z FROM later ORDER BY rowid").fetchall()
            db.close()
            cases.append({"name": f"{encoding}, pages of {page}", "bytes": path.read_bytes().hex(), "odd": odd, "later": later})
with gzip.GzipFile(sys.argv[1], "wb", mtime=0) as out:
    out.write(json.dumps(cases).encode())
