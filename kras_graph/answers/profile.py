"""What the graph holds for a tumour: a dossier of cited lines, never an advice.

What sources state, what they deny or leave open, and what the program computes stand in
sections of their own. Nothing is ranked by benefit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from kras_graph.answers.profile_context import doubts_section, entities_of, trials_section
from kras_graph.answers.profile_drugs import drugs_section
from kras_graph.answers.profile_findings import mechanisms_section, predictors_section
from kras_graph.answers.profile_gaps import gaps_of
from kras_graph.answers.profile_material import Material
from kras_graph.answers.profile_records import (
    DOUBTS,
    DRUGS,
    GAPS,
    MECHANISMS,
    PREDICTORS,
    ROUTES,
    TRIALS,
    Computed,
    ProfileAnswer,
    Section,
)
from kras_graph.answers.profile_routes import computed_for
from kras_graph.answers.routes import Reasoner
from kras_graph.answers.tumour import Input, Profile, ProfileError, read_profile
from kras_graph.model.records import Statement

NOT_IN_ROUTES = "the signalling layer has no clause on it"


def profile_answer(reasoner: Reasoner, profile: Profile) -> ProfileAnswer:
    """Everything the graph holds for a tumour.

    Args:
        reasoner: the dataset with its signalling layer.
        profile: the tumour, as `read_profile` gives it.
    """
    material = Material(reasoner.reader, profile)
    sections = (
        drugs_section(material),
        predictors_section(material),
        mechanisms_section(material),
        trials_section(material),
        doubts_section(material),
    )
    computed, refused = computed_for(reasoner, profile, material.made_for)
    gaps = gaps_of(material, sections, computed)
    used = _used(profile, sections, computed)
    cited = _cited(material, sections, computed, [s for gap in gaps for s in gap.nearest])
    evidence = reasoner.reader.evidence(s.id for s in cited)
    return ProfileAnswer(
        profile=replace(profile, inputs=tuple(_settled(profile, used))),
        sections=sections,
        computed=computed,
        not_computed=refused,
        gaps=gaps,
        used=used,
        statements={s.id: s for s in cited},
        evidence={ident: tuple(anchors) for ident, anchors in evidence.items()},
        results={
            s.id: tuple(row.result for row in material.figures[s.id])
            for s in cited
            if s.id in material.figures
        },
    )


def _used(
    profile: Profile, sections: Sequence[Section], computed: Sequence[Computed]
) -> dict[tuple[str, str], tuple[str, ...]]:
    """For each input, the sections in which anything depends on it."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    touched = {
        section.id: {name for line in section.lines for name in entities_of(line)}
        for section in sections
    }
    for item in profile.inputs:
        if item.unused:
            continue
        if item.field in ("disease", "variant"):
            # the nearness of every line depends on them
            found[item.field, item.text] = (DRUGS, PREDICTORS, MECHANISMS, ROUTES, TRIALS, DOUBTS)
            continue
        if item.entity is None:
            found[item.field, item.text] = _share_used(sections)
            continue
        ident = item.entity.id
        names = [section.id for section in sections if ident in touched[section.id]]
        if item.field == "prior":
            names += [ROUTES] if any(item.entity in c.prior for c in computed) else []
            names.append(GAPS)
        elif any(item.entity not in c.routes.setting.unused for c in computed):
            names.append(ROUTES)
        found[item.field, item.text] = tuple(dict.fromkeys(names))
    return found


def _share_used(sections: Sequence[Section]) -> tuple[str, ...]:
    """Where the share of PD-L1 is set beside a threshold."""
    placed = any("PD-L1 of" in line.remark for section in sections for line in section.lines)
    return (PREDICTORS,) if placed else ()


def _settled(profile: Profile, used: dict[tuple[str, str], tuple[str, ...]]) -> Iterable[Input]:
    """Inputs, those that nothing came of with the reason."""
    for item in profile.inputs:
        if item.unused or used.get((item.field, item.text)):
            yield item
        elif item.field == "pd-l1":
            yield replace(item, unused="no source that fits tells a threshold of PD-L1")
        else:
            yield replace(item, unused="no statement that fits is about it")


def _cited(
    material: Material,
    sections: Sequence[Section],
    computed: Sequence[Computed],
    more: Iterable[Statement],
) -> list[Statement]:
    """Every statement that a line rests on, in the order of ids."""
    wanted = {
        s.id for section in sections for x in section.lines for s in (*x.statements, *x.via)
    } | {s.id for s in more}
    for found in computed:
        wanted |= {i for route in found.routes.routes for i in route.statements}
        wanted |= {i for route in found.combination.routes for i in route.statements}
        wanted |= {
            ident
            for spoken in found.spoken.values()
            for ident in (*spoken.reported, *spoken.denied, *spoken.questioned)
        }
        wanted |= {t.tried.statement.id for told in found.told.values() for t in told}
    return [s for s in material.statements if s.id in wanted]


__all__ = ["Profile", "ProfileAnswer", "ProfileError", "profile_answer", "read_profile"]
