"""DynamoDB through the clients of JavaScript."""

import pytest
from accesses import accesses

NEW = """
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, UpdateCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
"""
OLD = """
const AWS = require('aws-sdk');
const documents = new AWS.DynamoDB.DocumentClient();
"""


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            NEW + "await client.send(new PutCommand({ TableName: 'stays', Item: { id, nights } }));",
            "insert stays | writes {id: id@0, nights: nights@0}",
        ),
        (
            NEW
            + "const params = { TableName: process.env.STAYS_TABLE, Key: { id }, UpdateExpression: 'SET #s = :s',"
            + " ExpressionAttributeNames: { '#s': 'state' }, ExpressionAttributeValues: { ':s': 'left', ':n': 0 },"
            + " ConditionExpression: 'nights > :n' };"
            + "const command = new UpdateCommand(params); await client.send(command);",
            'update stays | writes {state: "left"} | where (($row.id = id@0) and (0 < $row.nights))',
        ),
        (
            OLD + "documents.put({ TableName: 'stays', Item: { id, nights } }).promise().then(done);",
            "insert stays | writes {id: id@0, nights: nights@0}",
        ),
        (
            OLD + "const asked = { TableName: 'stays', Key: { id } }; await documents.get(asked).promise();",
            "select stays | where ($row.id = id@0)",
        ),
    ],
)
def test_an_operation(text, wanted):
    assert accesses(text) == [wanted]


@pytest.mark.parametrize(
    "text",
    [
        "client.send(new PutCommand({ TableName: 'stays', Item: { id } }))",
        NEW + "cache.put({ TableName: 'stays', Item: { id } })",
        OLD + "documents.put(everything)",
        OLD + "s3.get({ Bucket: 'b' })",
    ],
)
def test_what_is_none(text):
    assert accesses(text) == []
