"""Chance that stays put: every draw is a function of the patient and of what is drawn.

A draw hashes (hospital, year, number of the patient in that year, name of the quantity), so
that a new quantity, another volume or another year leaves every other draw as it was: finer
than one random stream per hospital and year, and vectorised over all patients.

Quotas (systematic assignment) keep shares at their level: exactly the wanted share of a group,
rounded to whole patients, and chance decides who.
"""

import zlib

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

SEED = 20120101
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Keys = NDArray[np.uint64]
Flags = NDArray[np.bool_]


def _mix(value: Keys) -> Keys:
    # The finalizer of SplitMix64 (public domain): every bit of the input reaches every bit of the output.
    value = (value ^ (value >> np.uint64(30))) * _FIRST
    value = (value ^ (value >> np.uint64(27))) * _SECOND
    return value ^ (value >> np.uint64(31))


def keys(*parts: NDArray | int) -> Keys:
    """One key a row from whole numbers of equal length (or single numbers)."""
    state = np.full(max(np.size(part) for part in parts), SEED, dtype=np.uint64)
    for part in parts:
        state = _mix(state + _GOLDEN + np.asarray(part).astype(np.uint64) * _SECOND)
    return state


def bits(key: Keys, name: str) -> Keys:
    """64 random bits a row for the quantity ``name``."""
    salt = np.uint64((zlib.crc32(name.encode()) << 20) ^ len(name))
    return _mix(_mix(key ^ salt) + _GOLDEN)


def uniform(key: Keys, name: str) -> Floats:
    """Uniform in the open interval (0, 1)."""
    return ((bits(key, name) >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53


def normal(key: Keys, name: str) -> Floats:
    """Standard normal."""
    return ndtri(uniform(key, name))


def quota(group: Ints, share: Floats, score: Floats, eligible: Flags) -> Flags:
    """The eligible rows with the lowest scores, ``share[group]`` of each group, rounded.

    ``share`` is 0-1, one value a group. Rows that aren't eligible are never chosen.
    """
    rows, ranks, counts = _ranked(group, score, eligible, len(share))
    wanted = np.floor(counts * share + 0.5)
    chosen = np.zeros(len(group), dtype=bool)
    chosen[rows] = ranks < wanted[group[rows]]
    return chosen


def minutes_with_quota(group: Ints, share: Floats, latent: Floats, eligible: Flags, limit: int) -> Ints:
    """Whole minutes, scaled a group at a time so that exactly the share is within ``limit``.

    ``latent`` (positive, any unit) says who is slow. The scale is the one at which the pooled
    distribution has the share within the limit, moved no further than the quota demands.
    Rows that aren't eligible get minutes on the same scale.
    """
    rows, ranks, counts = _ranked(group, latent, eligible, len(share))
    wanted = np.floor(counts * share + 0.5)
    inside = np.full(len(share), 0.0)
    outside = np.full(len(share), np.inf)
    own = group[rows]
    np.maximum.at(inside, own, np.where(ranks < wanted[own], latent[rows], 0.0))
    np.minimum.at(outside, own, np.where(ranks >= wanted[own], latent[rows], np.inf))
    pooled = latent[rows] if len(rows) else latent
    scale = limit / np.quantile(pooled, np.clip(share, 0.005, 0.995))
    with np.errstate(divide="ignore"):
        lowest, highest = limit / outside, limit / inside
    scale = np.clip(scale, lowest * (1 + 1e-9), highest * (1 - 1e-9))
    scaled = latent * scale[group]
    within = scaled <= limit
    return np.where(within, np.minimum(np.ceil(scaled), limit), np.maximum(np.ceil(scaled), limit + 1)).astype(np.int64)


def _ranked(group: Ints, score: Floats, eligible: Flags, groups: int) -> tuple[Ints, Ints, Ints]:
    rows = np.flatnonzero(eligible)
    rows = rows[np.lexsort((score[rows], group[rows]))]
    counts = np.bincount(group[rows], minlength=groups)
    starts = np.cumsum(counts) - counts
    ranks = np.arange(len(rows)) - starts[group[rows]]
    return rows, ranks, counts
