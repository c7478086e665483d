"""Commands of the curriculum."""

from kitaphana.curriculum.services.programme import (
    ImportPlan,
    ImportResult,
    import_programme,
    plan_programme,
    write_programme,
)
from kitaphana.curriculum.services.reading_import import (
    ReadingPlan,
    ReadingResult,
    import_works,
    plan_works,
    write_works,
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
from kitaphana.curriculum.services.works import (
    add_work,
    add_work_edition,
    change_work,
    copy_work,
    match_works,
    remove_work,
    remove_work_edition,
)

__all__ = [
    "ImportPlan",
    "ImportResult",
    "ReadingPlan",
    "ReadingResult",
    "add_edition",
    "add_title",
    "add_work",
    "add_work_edition",
    "approve_set",
    "change_edition",
    "change_title",
    "change_work",
    "copy_set",
    "copy_work",
    "copy_year",
    "delete_set",
    "drop_edition",
    "import_programme",
    "import_works",
    "make_set",
    "match_works",
    "plan_programme",
    "plan_works",
    "remove_edition",
    "remove_title",
    "remove_work",
    "remove_work_edition",
    "reopen_set",
    "restore_title",
    "write_programme",
    "write_works",
]
