"""The company's policy: read whole or not at all, by an administrator's hand alone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from proxy.configuration import ConfigurationFault, load
from proxy.configuration.company_policy import CompanyPolicy, check_owner, load_policy
from proxy.policy.circumstances import Circumstances
from proxy.policy.joining import joined, under
from proxy.policy.lease import MOST, USUAL, LeaseLimits
from proxy.policy.offering import Offering, ToolRule
from proxy.policy.risk import Risk
from proxy.policy.rule import NO_POLICY
from proxy.policy.ruling import Ruling
from proxy.policy.verdict import judge

if TYPE_CHECKING:
    from pathlib import Path

STRENGTHS = (
    '2: strength.write: must be one of "editor", "page", "elicitation", "terminal", '
    "the strongest first"
)
ME = frozenset({os.getuid()})


def written(folder: Path, text: str, name: str = "policy.toml") -> str:
    """The path of a file with this text, which only its owner can write."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    file.chmod(0o644)
    return str(file)


def problems(folder: Path, text: str) -> list[str]:
    """What is wrong with a policy, as `line: key: message`."""
    with pytest.raises(ConfigurationFault) as refused:
        load_policy(written(folder, text))
    return [f"{p.line}: {p.key}: {p.message}" for p in refused.value.problems]


def test_a_rule_knows_where_it_stands(tmp_path: Path) -> None:
    """File, line and name are what a verdict tells of it."""
    policy = load_policy(
        written(
            tmp_path,
            'support = "the platform team"\n\n[rules.no-drops]\nverdict = "deny"\n'
            'tools = ["drop_*"]\nreason = "Ask first"\n',
        )
    )
    assert policy is not None
    [rule] = policy.rules
    assert rule.source == "policy.toml:3 rules.no-drops"
    presto = under(policy, Offering("presto", "a.b/presto", "Presto", ""))
    verdict = judge(presto, "drop_table", {}, Circumstances())
    assert (verdict.ruling, verdict.rule) == (Ruling.DENY, rule.source)
    assert (verdict.reason, verdict.remedy) == ("Ask first.", "Ask the platform team.")
    assert judge(presto, "read", {}, Circumstances()).rule == "closed default"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[rules.r]\ntools = ["x"]\n',
            '1: rules.r.verdict: is missing; for example verdict = "ask"',
        ),
        (
            '[rules.r]\nverdict = "ask"\nwhen = "arg.limit > 1"\n',
            "3: rules.r.when: is not a CEL expression: undeclared reference to 'arg.limit'",
        ),
        (
            '[rules.r]\nverdict = "ask"\ntool = ["x"]\n',
            '3: rules.r.tool: is not a key that Portico knows (did you mean "tools"?)',
        ),
        (
            '[rules.r]\nverdict = "allow"\n',
            '2: rules.r.verdict: "allow" needs risk: nobody allows what nobody has classed',
        ),
        (
            '[rules.r]\nverdict = "allow"\nrisk = "unknown"\n',
            '3: rules.r.risk: of an allow must not be "unknown"',
        ),
        (
            '[strength]\nwrite = "phone"\n',
            STRENGTHS,
        ),
        (
            '[leases]\nrisks = ["write", "destructive"]\n',
            "2: leases.risks: must not hold destructive: each such call is asked about",
        ),
        ("[leases]\nminutes = 9999\n", "2: leases.minutes: must be a whole number from 1 to 480"),
        (
            '[rules.r]\nverdict = "ask"\nsurfaces = []\n',
            "3: rules.r.surfaces: must hold one surface at least",
        ),
        ('[tags]\ndata = "x"\n', '2: tags.data: must be an array of strings, not "x"'),
        ('rule = "x"\n', '1: rule: is not a key that Portico knows (did you mean "rules"?)'),
    ],
)
def test_whatever_is_wrong_is_told_with_its_line(text: str, said: str, tmp_path: Path) -> None:
    """A slip of the pen is a problem and not a rule that never fits."""
    assert problems(tmp_path, text) == [said]


def test_a_file_that_others_can_write_is_not_the_companys(tmp_path: Path) -> None:
    """Neither the file nor its folder may be another's, or writable by another."""
    path = written(tmp_path, "")
    tmp_path.chmod(0o755)
    check_owner(path, ME)
    with pytest.raises(ConfigurationFault, match="can be written by others"):
        check_owner(path, frozenset({os.getuid() + 1}))
    (tmp_path / "policy.toml").chmod(0o666)
    with pytest.raises(ConfigurationFault, match="can be written by others"):
        check_owner(path, ME)
    (tmp_path / "policy.toml").chmod(0o644)
    tmp_path.chmod(0o777)
    with pytest.raises(ConfigurationFault, match="can be written by others"):
        check_owner(path, ME)
    tmp_path.chmod(0o755)
    elsewhere = tmp_path / "mine"
    elsewhere.mkdir(mode=0o777)
    elsewhere.chmod(0o777)
    (tmp_path / "link.toml").symlink_to(written(elsewhere, ""))
    with pytest.raises(ConfigurationFault, match="mine"):
        check_owner(str(tmp_path / "link.toml"), ME)


def test_another_file_is_noticed_and_a_broken_one_denies_everything(tmp_path: Path) -> None:
    """No file, a good one, a broken one, none again: each holds from the next look on."""
    tmp_path.chmod(0o755)
    company = CompanyPolicy(str(tmp_path / "policy.toml"), ME)
    assert company.look()
    assert not company.look()
    assert (company.policy, company.fault, company.exists) == (NO_POLICY, None, False)
    written(tmp_path, '[rules.r]\nverdict = "ask"\n')
    assert company.look()
    assert len(company.policy.rules) == 1
    written(tmp_path, '[rules.r]\nverdict = "perhaps"\n')
    assert company.look()
    assert company.fault is not None
    assert company.fault.reference == "policy-unusable"
    assert "policy.toml:2: rules.r.verdict" in company.policy.refusal
    server = under(
        company.policy, Offering("s", "a.b/s", "S", "", rules={"t": ToolRule(Risk.READ)})
    )
    verdict = judge(server, "t", {}, Circumstances())
    assert (verdict.ruling, verdict.reason) == (Ruling.DENY, company.policy.refusal)
    (tmp_path / "policy.toml").unlink()
    assert company.look()
    assert company.policy == NO_POLICY
    assert company.fault is None


def test_a_users_policy_can_only_be_stricter(tmp_path: Path) -> None:
    """It cannot allow; strength and leases count where they are less; tags of the company stay."""
    text = '[policy.rules.r]\nverdict = "allow"\nrisk = "read"\n[policy]\nsupport = "me"\n'
    with pytest.raises(ConfigurationFault) as refused:
        load(written(tmp_path, text, "portico.toml"))
    assert [problem.key for problem in refused.value.problems] == [
        "policy.rules.r.verdict",
        "policy.support",
    ]
    company = load_policy(
        written(
            tmp_path,
            '[tags]\ndata = ["/data"]\n[strength]\nwrite = "page"\nread = "editor"\n'
            '[leases]\nminutes = 20\nrisks = ["write", "read"]\n[rules.a]\nverdict = "ask"\n',
        )
    )
    user = load(
        written(
            tmp_path,
            '[policy.tags]\ndata = ["/mine"]\nown = ["/own"]\n'
            '[policy.strength]\nwrite = "terminal"\nunknown = "page"\n'
            '[policy.leases]\nminutes = 90\ncalls = 5\nrisks = ["read", "unknown"]\n'
            '[policy.rules.b]\nverdict = "deny"\n',
            "portico.toml",
        )
    ).policy
    assert company is not None
    both = joined(company, user)
    assert [rule.source for rule in both.rules] == [
        "policy.toml:9 rules.a",
        "portico.toml:11 policy.rules.b",
    ]
    assert both.strength == {Risk.WRITE: "page", Risk.READ: "editor", Risk.UNKNOWN: "page"}
    assert both.lease == LeaseLimits(20, 5)
    assert both.leased == {Risk.READ}
    assert both.tags == {"data": ("/data",), "own": ("/own",)}


def test_who_writes_no_policy_has_the_companys_limits(tmp_path: Path) -> None:
    """A user who says nothing lowers nothing, and a company that says nothing allows the usual."""
    user = load(str(tmp_path / "portico.toml")).policy
    assert user.lease == MOST
    assert joined(NO_POLICY, user).lease == USUAL
    company = load_policy(written(tmp_path, "[leases]\nminutes = 300\n"))
    assert company is not None
    assert joined(company, user).lease == LeaseLimits(300, USUAL.calls)
    none = load_policy(written(tmp_path, "[leases]\nallowed = false\n"))
    assert none is not None
    assert joined(none, user).lease is None


@pytest.mark.parametrize(
    ("selector", "fits"),
    [
        ('servers = ["presto"]', True),
        ('servers = ["com.example/pre*"]', True),
        ('servers = ["spark"]', False),
        ('tools = ["drop_*", "x"]', True),
        ('tools = ["Drop_*"]', False),
        ('environments = ["prod"]', True),
        ('environments = ["dev"]', False),
        ("reviewed = true", True),
        ("reviewed = false", False),
        ('from_risk = "write"', True),
        ('from_risk = "destructive"', False),
        ('groups = ["data-eng"]', True),
        ('groups = ["ads-eng"]', False),
        ('hosts = ["Cursor*"]', True),
        ('hosts = ["Claude*"]', False),
        ('remotes = ["git.example/*"]', True),
        ('paths = ["/src"]', True),
        ('tags = ["data"]', True),
        ('tags = ["ops"]', False),
        ('unless = { groups = ["data-eng"] }', False),
        ('unless = { remotes = ["git.example/data/*"] }', False),
        ('unless = { paths = ["/elsewhere"] }', True),
        ('servers = ["presto"]\ntags = ["ops"]', False),
        ("when = \"args.table.startsWith('prod_')\"", True),
        ("when = \"args.table.startsWith('dev_')\"", False),
    ],
)
def test_what_a_rule_names_must_fit(selector: str, tmp_path: Path, *, fits: bool) -> None:
    """Each key narrows a rule; what it does not name fits it."""
    policy = load_policy(
        written(
            tmp_path,
            f'[tags]\ndata = ["git.example/data/*"]\n[rules.r]\nverdict = "deny"\n{selector}\n',
        )
    )
    assert policy is not None
    server = Offering(
        "presto",
        "com.example/presto",
        "Presto",
        "",
        environment="prod",
        rules={"drop_table": ToolRule(Risk.WRITE)},
    )
    bare = Circumstances().workspace
    place = type(bare)(("/src/x",), frozenset({"git.example/data/x"})).tagged(policy.tags)
    who = Circumstances(
        frozenset({"data-eng"}),
        host="Cursor 3",
        workspace=place,
        arguments={"table": "prod_x"},
    )
    verdict = judge(under(policy, server), "drop_table", {}, who)
    assert (verdict.ruling is Ruling.DENY) is fits
