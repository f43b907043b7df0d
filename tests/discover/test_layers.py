"""The layer of a file, from path, package and its own words."""

import pytest

from archlint.discover.layers import Layers, import_hints, refine_layer, settle_layers
from archlint.model.source import Layer

REACT = {"": frozenset({"react", "@supabase/supabase-js"})}
NEXT = {"": frozenset({"next", "react", "pg"})}
NEST = {"": frozenset({"@nestjs/core", "typeorm"})}
WORKSPACE = {"": frozenset({"turbo"}), "apps/web": frozenset({"react"}), "apps/api": frozenset({"hono"})}


@pytest.mark.parametrize(
    ("packages", "path", "language", "layer"),
    [
        ({}, "db/001_loans.sql", "postgresql", "database"),
        ({}, "prisma/schema.prisma", "prisma", "database"),
        ({}, "supabase/functions/lend/index.ts", "typescript", "function"),
        (REACT, "supabase/functions/_shared/limits.ts", "typescript", "function"),
        (REACT, "netlify/functions/lend.ts", "typescript", "function"),
        (NEXT, "app/api/loans/route.ts", "typescript", "service"),
        (NEXT, "src/app/(shop)/loans/route.ts", "typescript", "service"),
        (NEXT, "src/pages/api/loans.ts", "typescript", "service"),
        (NEXT, "src/middleware.ts", "typescript", "service"),
        (NEXT, "src/app/loans/page.tsx", "tsx", "frontend"),
        (NEXT, "src/components/loans/limit.ts", "typescript", "frontend"),
        (NEXT, "src/lib/limits.ts", "typescript", "shared"),
        (REACT, "src/lib/limits.ts", "typescript", "frontend"),
        (NEST, "src/loans/loans.service.ts", "typescript", "service"),
        (WORKSPACE, "apps/web/src/limits.ts", "typescript", "frontend"),
        (WORKSPACE, "apps/api/src/limits.ts", "typescript", "service"),
        (WORKSPACE, "packages/limits/src/index.ts", "typescript", "shared"),
        ({"": frozenset({"firebase-functions"})}, "functions/src/lend.ts", "typescript", "function"),
        ({"": frozenset({"express", "react"})}, "server/lend.ts", "typescript", "service"),
        ({"": frozenset({"express", "react"})}, "src/limits.ts", "typescript", "shared"),
        ({}, "src/loans/LoanForm.tsx", "tsx", "frontend"),
        ({}, "src/useLoan.ts", "typescript", "frontend"),
        ({}, "backend/loans.ts", "typescript", "service"),
        ({}, "services/loans.ts", "typescript", "service"),
        (NEXT, "src/services/loans.ts", "typescript", "shared"),
        (NEXT, "src/lib/api/client.ts", "typescript", "shared"),
        ({"": frozenset({"react", "@nestjs/core"})}, "apps/api/src/limits.ts", "typescript", "service"),
        ({"": frozenset({"react", "@nestjs/core"})}, "apps/shop/src/services/loans.ts", "typescript", "shared"),
        ({}, "src/loans/lend.ts", "typescript", "shared"),
    ],
)
def test_path_and_package_decide(packages, path, language, layer):
    assert Layers(packages).layer_of(path, language) == Layer(layer)


@pytest.mark.parametrize(
    ("before", "hints", "after"),
    [
        ("shared", {"import:fastify"}, "service"),
        ("shared", {"import:react"}, "frontend"),
        ("frontend", {"use server"}, "service"),
        ("frontend", {"use client"}, "frontend"),
        ("shared", {"deno"}, "function"),
        ("function", {"import:hono", "hono"}, "function"),
        ("database", {"import:react"}, "database"),
        ("shared", {"import:zod"}, "shared"),
        # A file that speaks to the server's framework is on the server, whatever else it imports.
        ("shared", {"import:react", "import:express"}, "service"),
    ],
)
def test_a_files_own_words_correct_its_path(before, hints, after):
    assert refine_layer(Layer(before), hints) == Layer(after)


def test_imports_hint_by_package():
    hints = set(import_hints(["./loan", "@nestjs/common/pipes", "npm:hono", "react/jsx-runtime"]))
    assert {"import:@nestjs/common", "import:hono", "import:react"} <= hints
    assert {hint for hint in hints if "loan" in hint} == {"named:loan"}


def test_the_registries_and_addresses_of_deno_are_seen_through():
    hints = set(import_hints(["https://esm.sh/@supabase/supabase-js@2", "npm:zod@3.22/lib", "jsr:@std/http"]))
    assert {"deno", "import:@supabase/supabase-js", "import:zod", "import:@std/http"} <= hints


FILES = {
    "web/Form.tsx": "frontend",
    "api/route.ts": "service",
    "src/limits.ts": "shared",
    "src/money.ts": "shared",
    "src/labels.ts": "shared",
    "src/knex.ts": "service",
    "src/reserve.ts": "shared",
    "src/lend.ts": "shared",
    "src/alone.ts": "shared",
}
IMPORTS = {
    "web/Form.tsx": ["src/limits.ts", "src/labels.ts"],
    "api/route.ts": ["src/limits.ts"],
    "src/limits.ts": ["src/money.ts"],
    "src/reserve.ts": ["src/knex.ts"],
    "src/lend.ts": ["../supabaseClient"],
}


def test_who_imports_a_shared_file_decides():
    layers = {path: Layer(layer) for path, layer in FILES.items()}
    hints = {path: set(import_hints(modules)) for path, modules in IMPORTS.items()}
    settled = settle_layers(layers, IMPORTS, hints, lambda _, module: module)
    assert {path: settled[path].value for path in FILES if layers[path] is Layer.SHARED} == {
        "src/limits.ts": "contract",
        "src/money.ts": "contract",
        "src/labels.ts": "frontend",
        "src/reserve.ts": "service",
        "src/lend.ts": "frontend",
        "src/alone.ts": "shared",
    }
