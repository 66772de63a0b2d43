-- What is written, and deleted again, to see whether a disk that failed works.
CREATE TABLE probes (filler BLOB NOT NULL) STRICT;
