"""What must hold in the network."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from django.utils.translation import gettext as _

from kitaphana.core.checks import Violation
from kitaphana.core.text.identifiers import bin_is_valid, kato_is_valid
from kitaphana.organizations.enums import ALLOWED_PARENTS, OrganizationKind
from kitaphana.organizations.models import Organization
from kitaphana.organizations.queries import STEP


def invariants() -> Iterator[Violation]:
    """The tree is a tree, kinds stand where they may, codes check, every library has its number."""
    kinds: dict[str, OrganizationKind] = {}
    children: dict[str, int] = defaultdict(int)
    said: dict[str, int] = {}
    columns = (
        "pk",
        "path",
        "depth",
        "numchild",
        "kind",
        "code",
        "bin",
        "kato",
        "is_library",
        "barcode_prefix",
    )
    rows = Organization.objects.order_by("path").values_list(*columns)
    for pk, path, depth, numchild, kind_code, code, number, kato, is_library, prefix in rows.iterator():
        kind = OrganizationKind(kind_code)
        kinds[path], said[path] = kind, numchild
        above = path[:-STEP]
        params = {"organization": pk, "code": code}
        if len(path) != depth * STEP or (above and above not in kinds):
            yield Violation("organizations.tree_broken", _("A node does not hang on the tree."), params)
            continue
        if above:
            children[above] += 1
        if (kinds[above] if above else None) not in ALLOWED_PARENTS[kind]:
            yield Violation("organizations.wrong_parent", _("A node stands where its kind may not."), params)
        if number and not bin_is_valid(number):
            yield Violation("organizations.bad_bin", _("A BIN does not check."), params)
        if kato and not kato_is_valid(kato):
            yield Violation("organizations.bad_kato", _("A KATO code is not one."), params)
        if is_library and prefix is None:
            yield Violation("organizations.no_barcode_prefix", _("A library has no number for its barcodes."), params)
    for path, number in said.items():
        if children[path] != number:
            yield Violation(
                "organizations.child_count", _("The number of children of a node is wrong."), {"path": path}
            )
