"""What CI servers read: the code quality report of GitLab by its documentation, and JUnit by a schema."""

import json
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator
from loans import DRIFTED, REPORT
from lxml import etree
from strange import ACCEPTED, ALL, DIFFICULT, NOTHING, PATH

from archlint.model.finding import Severity
from archlint.reporters import Context, gitlab, junit

# docs.gitlab.com, "Code Quality report format": these keys, these severities, and no byte order mark.
CODE_QUALITY = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    # Relative to the repository, and not prefixed with "./".
                    "path": {"type": "string", "pattern": "^(?!\\./|/)"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}, "end": {"type": "integer"}},
                        "additionalProperties": False,
                    },
                },
                "additionalProperties": False,
            },
        },
        "additionalProperties": False,
    },
}

# What Jenkins, GitLab and their kin agree on, in the order that the strict ones ask for.
JUNIT = """
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:attributeGroup name="counts">
    <xs:attribute name="name" type="xs:string" use="required"/>
    <xs:attribute name="tests" type="xs:nonNegativeInteger" use="required"/>
    <xs:attribute name="failures" type="xs:nonNegativeInteger" use="required"/>
    <xs:attribute name="errors" type="xs:nonNegativeInteger" use="required"/>
    <xs:attribute name="skipped" type="xs:nonNegativeInteger" use="required"/>
  </xs:attributeGroup>
  <xs:element name="testsuites">
    <xs:complexType>
      <xs:sequence><xs:element ref="testsuite" maxOccurs="unbounded"/></xs:sequence>
      <xs:attributeGroup ref="counts"/>
    </xs:complexType>
  </xs:element>
  <xs:element name="testsuite">
    <xs:complexType>
      <xs:sequence><xs:element ref="testcase" maxOccurs="unbounded"/></xs:sequence>
      <xs:attributeGroup ref="counts"/>
    </xs:complexType>
  </xs:element>
  <xs:element name="testcase">
    <xs:complexType>
      <xs:sequence>
        <xs:element name="skipped" minOccurs="0">
          <xs:complexType><xs:attribute name="message" type="xs:string"/></xs:complexType>
        </xs:element>
        <xs:element name="failure" minOccurs="0">
          <xs:complexType>
            <xs:simpleContent>
              <xs:extension base="xs:string">
                <xs:attribute name="message" type="xs:string" use="required"/>
                <xs:attribute name="type" type="xs:string" use="required"/>
              </xs:extension>
            </xs:simpleContent>
          </xs:complexType>
        </xs:element>
        <xs:element name="system-out" type="xs:string" minOccurs="0"/>
      </xs:sequence>
      <xs:attribute name="name" type="xs:string" use="required"/>
      <xs:attribute name="classname" type="xs:string" use="required"/>
      <xs:attribute name="time" type="xs:decimal" use="required"/>
      <xs:attribute name="file" type="xs:string"/>
      <xs:attribute name="line" type="xs:positiveInteger"/>
    </xs:complexType>
  </xs:element>
</xs:schema>
"""


@pytest.mark.parametrize("name", ALL)
def test_gitlab_accepts_the_report(name):
    value = json.loads(gitlab.render(ALL[name], Context()))
    errors = Draft202012Validator(CODE_QUALITY).iter_errors(value)
    assert [f"{error.json_path}: {error.message}" for error in errors] == []
    assert len({item["fingerprint"] for item in value}) == len(value)


def test_gitlab_is_told_every_place_and_the_value_that_differs():
    drifted = json.loads(gitlab.render(REPORT, Context(prefix="services/loans/")))[2]
    assert drifted["severity"] == "critical"
    assert drifted["location"] == {"path": "services/loans/web/LoanForm.tsx", "lines": {"begin": 2, "end": 2}}
    assert "services/loans/db/loans.sql:2:18" in drifted["description"]
    assert "7500 passes in" in drifted["description"]


def test_gitlab_shows_what_is_not_accepted():
    assert [item["check_name"][:5] for item in json.loads(gitlab.render(ACCEPTED, Context()))] == ["AL502"]


@pytest.mark.parametrize("name", ALL)
def test_a_schema_of_junit_accepts_the_report(name):
    schema = etree.XMLSchema(etree.fromstring(JUNIT))
    schema.assertValid(etree.fromstring(junit.render(ALL[name], Context()).encode()))


def suites(report, context=None):
    return ElementTree.fromstring(junit.render(report, context or Context()))


def test_a_finding_that_fails_the_run_is_a_failure_and_another_passes():
    root = suites(REPORT)
    assert {key: root.get(key) for key in ("tests", "failures", "skipped")} == {
        "tests": "3",
        "failures": "2",
        "skipped": "0",
    }
    failed = [case.get("classname") for case in root.iter("testcase") if case.find("failure") is not None]
    assert failed == ["archlint.AL201", "archlint.AL502"]
    (failure,) = [case.find("failure") for case in root.iter("testcase") if case.get("name").endswith("(f1)")]
    assert failure.get("message") == DRIFTED.message
    assert "db/loans.sql:2:18: database refuses: 0 < value <= 5000" in failure.text.splitlines()
    assert suites(REPORT, Context(failing=(Severity.ERROR,))).get("failures") == "1"
    assert suites(REPORT, Context(failing=())).get("failures") == "0"


def test_what_is_accepted_is_skipped_with_its_reason():
    skipped = [element.get("message") for element in suites(ACCEPTED).iter("skipped")]
    assert skipped == ["accepted by baseline: old", "accepted by comment: until the bank agrees"]


def test_a_clean_run_still_has_a_test():
    (case,) = suites(NOTHING).iter("testcase")
    assert len(case) == 0


def test_strange_names_come_through_whole():
    files = [case.get("file") for case in suites(DIFFICULT).iter("testcase")]
    assert files == [None, PATH]
