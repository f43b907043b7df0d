"""Descriptions of deployments: which functions they name, and under which addresses."""

import pytest

from archlint import languages

TEMPLATE = """AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    CodeUri: src/
Resources:
  Book:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/book
      Handler: app.lambda_handler
      FunctionName: !Sub "book-${Stage}"
      Events:
        Api:
          Type: Api
          Properties: { Path: "/seats/{id}", Method: post, RestApiId: !Ref Gateway }
        Queue:
          Type: SQS
          Properties: { Queue: !GetAtt Orders.Arn }
  Free:
    Type: AWS::Serverless::Function
    Properties:
      Handler: free/app.lambda_handler
  Elsewhere:
    Type: AWS::Serverless::Function
    Properties: { CodeUri: s3://bucket/key, Handler: x.y }
  Table:
    Type: AWS::DynamoDB::Table
"""
SERVERLESS = """service: seats
provider:
  stage: ${opt:stage, 'dev'}
functions:
  book:
    handler: src/book.handler
    events:
      - httpApi: { method: POST, path: '/seats/{id}' }
      - http: get seats
      - schedule: rate(1 day)
  free:
    handler: src/free/index.main
"""


def read(path: str, text: str):
    language = languages.language_of(path)
    assert language == "deployment"
    return languages.read(language, path, text.encode())


def test_a_template_names_functions_with_their_addresses():
    facts = read("back/template.yaml", TEMPLATE)
    assert [(item.name, item.file, item.function, item.routes) for item in facts.deployed] == [
        ("Book", "back/src/book/app", "lambda_handler", ("POST /seats/:id",)),
        ("Free", "back/src/free/app", "lambda_handler", ()),
    ]
    assert (facts.deployed[0].span.line, facts.deployed[0].span.column) == (11, 16)


def test_the_serverless_framework():
    facts = read("serverless.yml", SERVERLESS)
    assert [(item.name, item.file, item.function, item.routes) for item in facts.deployed] == [
        ("book", "src/book", "handler", ("POST /seats/:id", "GET /seats")),
        ("free", "src/free/index", "main", ()),
    ]


@pytest.mark.parametrize(
    ("path", "text", "wanted"),
    [
        (
            "vercel.json",
            '{"rewrites": [{"source": "/api/:path*", "destination": "/functions/:path*"},'
            ' {"source": "/x", "destination": "https://other"}]}',
            (("/api/:path*", "/functions/:path*"),),
        ),
        (
            "netlify.toml",
            '[[redirects]]\nfrom = "/api/*"\nto = "/.netlify/functions/:splat"\nstatus = 200\n',
            (("/api/*", "/.netlify/functions/:splat"),),
        ),
        (
            "firebase.json",
            '{"hosting": {"rewrites": [{"source": "/pay", "function": "pay"},'
            ' {"source": "**", "destination": "/index.html"}]}}',
            (("/pay", "function pay"), ("**", "/index.html")),
        ),
        ("vercel.json", "[1, 2]", ()),
    ],
)
def test_addresses_of_hosts(path, text, wanted):
    assert read(path, text).rewrites == wanted


@pytest.mark.parametrize("text", ["Resources: [", "a: b: c", "\t- x"])
def test_what_is_no_yaml_is_a_problem(text):
    facts = read("template.yml", text)
    assert len(facts.problems) == 1
    assert facts.deployed == ()


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "Resources:\n  - x\n", "Resources: 5\n", "just words\n"])
def test_what_is_another_yaml_says_nothing(text):
    facts = read("template.yml", text)
    assert (facts.deployed, facts.problems) == ((), ())
