"""What the lengths of nodes tell is what libcst finds out by writing a tree out again."""

import argparse
import dataclasses
import inspect
import textwrap
from functools import cache
from pathlib import Path

import libcst as cst
import pytest

from archlint.languages.python import measuring, places

# White space and the brackets of others hold no rule.
_SILENT = (
    cst.BaseParenthesizableWhitespace, cst.EmptyLine, cst.TrailingWhitespace, cst.Newline, cst.Comment, cst.LeftParen,
    cst.RightParen, cst.LeftSquareBracket, cst.RightSquareBracket, cst.LeftCurlyBrace, cst.RightCurlyBrace,
)  # fmt: skip

EXPRESSIONS = """
fee
( fee )
(( 3 ) )
2.5e3
1j
'paid'   "late"
('a'
   # why
   'c')
...
order . total
order.items [ 0 ] . price
rows[1 : n :2, *rest, :]
call( )
call( 1 , * rest , key = value , ** more , )
call(
    first,  # one
    second = 2,
)
a   <b  <=  c
a not  in b
a is  not b
a != b
not  a
- a + ~ b
a and b  or  c
a // b % c ** d @ e << f >> g ^ h | i & j
await  thing
a if  b else  c
(n :=  10)
()
(1,)
1 , 2
[ ]
[ 1 , 2 , ]
{1, *others}
{ }
{ 'a' : 1 , ** more , 'b':2 }
[ x  for x in xs  if x if  y ]
[ x async for x in xs for y in x ]
{x for x in xs}
{ k : v for k , v in xs }
( x for x in xs )
sum( x for x in xs )
lambda : 0
lambda a , * , b = 1 , ** c : a
(yield)
(yield  from x)
f'{ total :>{width}.2f} and {name !r} and {x = }'
f"{'nested'}" 'plain'
a \\
  + b
(a
 + # why
 b)
""".strip("\n")

STATEMENTS = """
pass
x = y =  1 ; z = 2 ;
x : int
x : list [int] =  []
x += 1 ; y //= 2 ; z **= 3
del x , y
return
return  x
raise
raise  Error( 'no' ) from  cause
assert x , 'why'
import a . b as c , d
from .. a import ( b as c , d , )
from . import *
global a , b
nonlocal a
if x : pass
if x:
    pass
elif y :
    # why
    pass

else :
    pass
for x , y in  z :
    continue
else:
    break
async for x in y: pass
while x  :
    break
else:
    pass
try:
    pass
except  A as a :
    pass
except ( B , C ):
    pass
except:
    pass
else:
    pass
finally :
    pass
try:
    pass
except* A:
    pass
with a as b , c :
    pass
with ( a as b,
       c ):
    pass
async with a: pass
@ first . one
# between
@second( 1 )

# and before
async def name ( a , / , b : int = 1 , * c , d : str , ** e )  ->  int :
    ''' Says it. '''
    x = 1

    # the end
def  name( a, * , b ) : return a
class A : pass
@ first
class A ( B , * C , key = 1 , ) :

    x = 1

    def f(self): ...
match x , y :
    case [ 1 , * rest ] | { 'a' : b , ** more } if  c :
        pass
    case A ( b = 1 ) as d :
        pass
type X [ T ] = int
def f [ T : int ] ( x : T ) : pass
""".strip("\n")


def compared(text: str) -> int:
    """How many nodes stand where libcst says, which must be all."""
    module = cst.parse_module(text)
    own, theirs = measuring.offsets(module), places.offsets(module)
    stack: list[cst.CSTNode] = list(module.children)
    seen = 0
    while stack:
        node = stack.pop()
        stack.extend(node.children)
        if not isinstance(node, _SILENT):
            start, end = theirs[id(node)]
            assert own.get(id(node)) == (start, end), (type(node).__name__, text[start:end])
            seen += 1
    return seen


@cache
def pieces(text: str) -> list[str]:
    """Each statement or expression of a list, the shortest runs of its lines that can be parsed on their own."""
    found, lines = [], text.split("\n")
    while lines:
        length = next((count for count in range(len(lines), 0, -1) if _one("\n".join(lines[:count]))), 1)
        found.append("\n".join(lines[:length]))
        lines = lines[length:]
    return found


def _one(text: str) -> bool:
    try:
        return len(cst.parse_module(text + "\n").body) == 1
    except cst.ParserSyntaxError:
        return False


@pytest.mark.parametrize(("newline", "indent"), [("\n", "  "), ("\r\n", "    "), ("\r", "\t")])
def test_every_statement_is_measured_at_every_depth(newline: str, indent: str) -> None:
    text = STATEMENTS + "\n" + EXPRESSIONS
    for head in ("", "if 1:", "class A:\n\n    # inside\n", "def f():  # why"):
        text = f"{head}\n{textwrap.indent(text, '    ')}" if head else text
        assert compared((text + "\n").replace("    ", indent).replace("\n", newline)) > 700
        assert compared(text) > 700


def test_expressions_are_measured_within_each_other() -> None:
    listed = [f"({text})" for text in pieces(EXPRESSIONS)]
    for inner in listed:
        assert (
            compared(
                f"é = [{inner} ], call( a = {inner}), {{ {inner} :{inner} }}, x [{inner}], lambda a={inner}: 0 # wé\n"
            )
            > 20
        )


@pytest.mark.parametrize("module", [argparse, dataclasses, inspect])
def test_long_modules_are_measured(module: object) -> None:
    assert compared(Path(inspect.getfile(module)).read_text(encoding="utf-8")) > 1000  # type: ignore[arg-type]
