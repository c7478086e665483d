"""Commands of the curriculum."""

from kitaphana.curriculum.services.programme import (
    ImportPlan,
    ImportResult,
    import_programme,
    plan_programme,
    write_programme,
)
from kitaphana.curriculum.services.sets import approve_set, copy_set, copy_year, delete_set, make_set, reopen_set
from kitaphana.curriculum.services.titles import (
    add_edition,
    add_title,
    change_edition,
    change_title,
    drop_edition,
    remove_edition,
    remove_title,
    restore_title,
)

__all__ = [
    "ImportPlan",
    "ImportResult",
    "add_edition",
    "add_title",
    "approve_set",
    "change_edition",
    "change_title",
    "copy_set",
    "copy_year",
    "delete_set",
    "drop_edition",
    "import_programme",
    "make_set",
    "plan_programme",
    "remove_edition",
    "remove_title",
    "reopen_set",
    "restore_title",
    "write_programme",
]
