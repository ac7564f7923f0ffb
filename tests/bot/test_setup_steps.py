"""The steps of a set-up as values: what was answered, which comes next, what is wrong with it."""

from dataclasses import replace

import pytest

from bot.flows.setup import checking
from bot.flows.setup.place import Place
from bot.flows.setup.steps import PEOPLE, RITUALS, STEPS, TEAM, Plan
from bot.flows.setup.views import Scene, step_view
from bot.flows.setup.zones import MOST, zone_label, zones_for
from prompts import text
from sandbox.strict.views import view_problems
from storage.kinds import Kinds
from storage.packs.pack import starter
from storage.people import Person
from storage.teams import Team
from tests.support.sample import THURSDAY

ANA, IVO, ZOE, GUS = "U01ANA", "U02IVO", "U03ZOE", "U30GUS"
FINE = Place("growth", is_private=False, is_general=False, is_shared=False, is_archived=False, has_bot=True)
PLAN = Plan(name="Growth", channel="C01GROWTH", timezone="Europe/Berlin")
PAYMENTS = Team("Payments", "C02PAYMENTS", "Europe/Berlin", (ANA,), (ANA,))


def test_the_steps_lead_onward_and_back_and_end_at_the_ends() -> None:
    plan, forth = Plan(), []
    for _ in range(4):
        forth.append(plan.step)
        plan = plan.onward()
    assert forth == [*STEPS, RITUALS]
    assert plan.is_last
    assert [plan.back().step, plan.back().back().step, plan.back().back().back().step] == [PEOPLE, TEAM, TEAM]


def test_each_step_takes_its_own_answers_and_leaves_the_others() -> None:
    plan = Plan().answered({"name": "  Growth   team ", "channel": "C1", "timezone": "Asia/Tokyo", "members": [ANA]}).onward()
    assert plan == Plan(step=PEOPLE, name="Growth team", channel="C1", timezone="Asia/Tokyo")
    plan = plan.answered({"members": [ANA, IVO], "product": IVO, "design": None, "name": "Other"}).onward()
    assert (plan.members, plan.leads, plan.name) == ((ANA, IVO), {"product": IVO}, "Growth team")
    assert plan.rituals is None
    assert plan.answered({"rituals": []}).rituals == ()
    assert plan.answered({"rituals": ["weekly review"]}).rituals == ("weekly review",)


def test_a_plan_comes_back_as_it_was_kept() -> None:
    plan = replace(PLAN, step=RITUALS, members=(ANA, IVO), leads={"design": IVO}, rituals=("weekly review",), round=2)
    assert Plan.load(plan.dump()) == plan
    assert Plan.load(Plan().dump()) == Plan()
    assert Plan.load(None) is None


def test_that_somebody_is_sure_counts_for_the_channel_that_they_chose_then() -> None:
    general = replace(FINE, is_general=True)
    plan = PLAN.answered({"name": "Growth", "channel": "C1", "sure": True})
    assert plan.sure == "C1"
    assert checking.warning(plan, general) is None
    other = plan.answered({"name": "Growth", "channel": "C2", "sure": False})
    warned = checking.warning(other, replace(general, is_shared=True))
    assert warned is not None
    assert "Everybody is in <#C2>" in warned
    assert "shared with another company" in warned
    assert checking.warning(PLAN, FINE) is None


def test_what_is_wrong_with_a_team_stands_under_its_input() -> None:
    assert checking.of_team(PLAN, [PAYMENTS], FINE) == {}
    twin = replace(PLAN, name="  PAYMENTS ".strip(), channel="C02PAYMENTS")
    assert checking.of_team(twin, [PAYMENTS], FINE) == {
        "name": "There is a team called Payments already. /pom team shows it.",
        "channel": "This is the home of Payments already. Please choose another.",
    }
    assert checking.of_team(replace(twin, of="Payments"), [PAYMENTS], FINE) == {}
    wrong = replace(PLAN, name="a\0b", timezone="Etc/Nowhere")
    assert checking.of_team(wrong, [], None) == {
        "name": "It has a character that can't be shown (U+0000). Please take it out.",
        "channel": "I cannot see this channel. Type /invite @Throughline there, then press Next again.",
        "timezone": "Please choose a time zone from the list.",
    }
    assert list(checking.of_team(PLAN, [], replace(FINE, is_archived=True))) == ["channel"]
    assert checking.of_team(replace(PLAN, channel=None), [], None) == {}


def test_who_cannot_be_asked_is_left_out_and_cannot_lead() -> None:
    known = {ANA: Person(ANA, "Ana", None), GUS: Person(GUS, "Gus", None, is_outsider=True)}
    sorted_out = checking.of_people(replace(PLAN, members=(ANA, GUS)), known)
    assert (sorted_out.plan.members, sorted_out.left_out, sorted_out.errors) == ((ANA,), ("Gus",), {})
    alone = checking.of_people(replace(PLAN, members=(GUS,), leads={"design": GUS}), known)
    assert list(alone.errors) == ["design", "members"]
    assert alone.errors["design"].startswith("Gus is a guest")


def test_who_led_without_a_part_leads_still() -> None:
    four = Team("Growth", "C1", "Europe/Berlin", (ANA, IVO, ZOE, "U4", "U5"), (ANA, IVO, ZOE, "U4"))
    plan = Plan.of_team(four, {}, None)
    assert plan.leads == {"product": ANA, "design": IVO, "engineering": ZOE}
    assert plan.team(four).leads == (ANA, IVO, ZOE, "U4")
    assert plan.team(four) == four
    said = {"engineering": ANA}
    assert Plan.of_team(four, said, None).leads == {"engineering": ANA, "product": IVO, "design": ZOE}
    without = replace(Plan.of_team(four, said, None), leads={"engineering": ANA}, members=(ANA, IVO, "U5"))
    assert without.team(four, said) == Team("Growth", "C1", "Europe/Berlin", (ANA, IVO, "U5"), (ANA,))
    assert plan.sure == "C1"  # nobody is warned again of the channel that the team has


@pytest.mark.parametrize(
    ("typed", "first", "expected"),
    [
        ("", ["Asia/Kolkata", None, "Europe/Paris", "Asia/Kolkata"], ["Asia/Kolkata", "Europe/Paris"]),
        ("berl", [], ["Europe/Berlin"]),
        ("new york", [], ["America/New_York"]),
        ("são", [], ["America/Sao_Paulo", "Africa/Sao_Tome"]),
        ("utc", [], ["UTC"]),
        ("../../etc/passwd", [], []),
    ],
)
def test_zones_are_found_as_one_types(typed: str, first: list[str | None], expected: list[str]) -> None:
    found = zones_for(typed, first)
    assert found[: len(expected)] == expected if typed == "" else set(expected) == set(found)
    assert len(found) <= MOST


def test_a_zone_says_how_far_its_clocks_are() -> None:
    assert zone_label("Asia/Kolkata", THURSDAY) == "Asia/Kolkata (UTC+05:30)"
    assert zone_label("America/New_York", THURSDAY) == "America/New York (UTC-04:00)"


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("kinds", [starter(), starter().model_copy(update={"rituals": {}, "kinds": {}})])
def test_slack_takes_each_step_however_much_there_is(step: str, kinds: Kinds) -> None:
    people = tuple(f"U{number:08}" for number in range(300))
    plan = Plan(step, "W" * 60, "W" * 60, "C1", "America/Argentina/ComodRivadavia", people, {"design": "U1"}, (), "C1", 3)
    teams = ["<!channel> *x*" * 4] * 200
    notes = [text("setup_left_out", people=["Gus"] * 50)]
    scene = Scene(kinds, THURSDAY, notes, text("setup_warning", channel="C1", is_general=True, is_shared=True), FINE, teams)
    view = step_view(plan, scene)
    assert view_problems(view, "modal") == []
    assert "<!channel>" not in str(view)
    assert view_problems(step_view(Plan(step), Scene(kinds, THURSDAY)), "modal") == []
