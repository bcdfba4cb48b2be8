"""The one MetaData of every table, and the small vocabulary that columns are declared with.

A column is declared once with both names: the registry's own (in the database and in an
export) and an English key (in code). What may stand in it lies in ``Column.info``, so that
the loader's checks and the table can never disagree:

``codes``    frozenset of allowed integers (coded fields)
``low``, ``high``   inclusive range (numbers)
``assumed``  True where the sources give no field name and the name is ours
"""

from sqlalchemy import Boolean, Column, Date, DateTime, Float, MetaData, SmallInteger, String

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def code(name: str, key: str, *codes: int, assumed: bool = False) -> Column:
    """A coded field; only the listed integers are valid."""
    return Column(name, SmallInteger, key=key, info={"codes": frozenset(codes), "assumed": assumed})


def yes_no(name: str, key: str, *, assumed: bool = False) -> Column:
    """1 yes, 2 no, 9 unknown: the registry's general coding."""
    return code(name, key, 1, 2, 9, assumed=assumed)


def number(name: str, key: str, low: float, high: float, *, assumed: bool = False) -> Column:
    """A whole number in an inclusive range; 0 is a value, never missing."""
    return Column(name, SmallInteger, key=key, info={"low": low, "high": high, "assumed": assumed})


def decimal(name: str, key: str, low: float, high: float, *, assumed: bool = False) -> Column:
    """A number with decimals in an inclusive range."""
    return Column(name, Float, key=key, info={"low": low, "high": high, "assumed": assumed})


def moment(name: str, key: str, *, assumed: bool = False) -> Column:
    """Norwegian clock time as registered, naive. 00:00 is a known day at an unknown time."""
    return Column(name, DateTime, key=key, info={"assumed": assumed})


def day(name: str, key: str, *, assumed: bool = False) -> Column:
    """A calendar day."""
    return Column(name, Date, key=key, info={"assumed": assumed})


def tick(name: str, key: str, *, assumed: bool = False) -> Column:
    """A tick box: ticked or not."""
    return Column(name, Boolean, key=key, info={"assumed": assumed})


def text(name: str, key: str, length: int = 80, *, assumed: bool = False) -> Column:
    """Short text."""
    return Column(name, String(length), key=key, info={"assumed": assumed})
