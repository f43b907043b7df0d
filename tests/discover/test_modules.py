"""Which scanned file an import means."""

import pytest

from archlint.discover import locate
from archlint.discover.manifests import parse_json
from archlint.discover.modules import module_map


def located(files, manifests, importer, specifier, links=()):
    parsed = {path: parse_json(text.encode()) for path, text in manifests.items()}
    return locate(module_map([importer, *files], parsed, dict(links)), importer, specifier)


@pytest.mark.parametrize(
    ("file", "specifier"),
    [
        ("src/limits.ts", "./limits"),
        ("src/limits.ts", "./limits.js"),
        ("src/limits.tsx", "./limits.jsx"),
        ("src/limits.mts", "./limits.mjs"),
        ("src/limits.d.ts", "./limits"),
        ("src/limits/index.ts", "./limits"),
        ("src/limits/index.ts", "./limits/"),
        ("limits.ts", "../limits"),
        ("index.ts", ".."),
        ("src/loan.schema.ts", "./loan.schema"),
        ("src/limits.ts", "./limits.ts?raw"),
    ],
)
def test_relative_imports(file, specifier):
    assert located([file], {}, "src/form.ts", specifier) == file


def test_a_file_comes_before_the_folder_of_its_name():
    assert located(["src/a.ts", "src/a/index.ts"], {}, "src/form.ts", "./a") == "src/a.ts"


@pytest.mark.parametrize(
    "specifier", ["react", "../../outside", "https://esm.sh/zod", "npm:zod", "./absent", "@/absent"]
)
def test_what_is_not_scanned_is_nowhere(specifier):
    assert located(["src/limits.ts"], {}, "src/form.ts", specifier) is None


def test_paths_of_a_compiler_configuration_with_comments():
    paths = '{ "@lib/*": ["lib/*", "shared/*"], "url": ["a//b"], }'
    config = f'{{ // ours\n "compilerOptions": {{ "baseUrl": ".", "paths": {paths} /* theirs */, }}, }}'
    for specifier, file in [("@lib/limits", "shared/limits.ts"), ("shared/limits", "shared/limits.ts")]:
        assert located(["shared/limits.ts"], {"tsconfig.json": config}, "src/form.ts", specifier) == file


def test_paths_are_relative_to_the_configuration_that_states_them():
    manifests = {
        "config/base.json": "{}",
        "tsconfig.base.json": '{"compilerOptions": {"paths": {"@acme/*": ["libs/*/src"]}}}',
        "apps/web/tsconfig.json": '{"extends": "../../tsconfig.base.json"}',
    }
    assert (
        located(["libs/rates/src/index.ts"], manifests, "apps/web/form.ts", "@acme/rates") == "libs/rates/src/index.ts"
    )


def test_the_nearest_configuration_wins():
    manifests = {
        "tsconfig.json": '{"compilerOptions": {"paths": {"~/*": ["./src/*"]}}}',
        "web/tsconfig.json": '{"compilerOptions": {"paths": {"~/*": ["./app/*"]}}}',
    }
    assert located(["src/a.ts", "web/app/a.ts"], manifests, "web/form.ts", "~/a") == "web/app/a.ts"


def test_a_configuration_that_extends_itself_ends():
    manifests = {"tsconfig.json": '{"extends": "./tsconfig.json"}'}
    assert located([], manifests, "src/form.ts", "@x/a") is None


@pytest.mark.parametrize(
    ("manifest", "file", "specifier"),
    [
        ('{"name": "@acme/rates", "main": "src/rates.ts"}', "packages/rates/src/rates.ts", "@acme/rates"),
        ('{"name": "@acme/rates", "main": "dist/index.js"}', "packages/rates/src/index.ts", "@acme/rates"),
        ('{"name": "@acme/rates", "main": "./dist/a.js"}', "packages/rates/src/a.ts", "@acme/rates"),
        ('{"name": "@acme/rates"}', "packages/rates/index.ts", "@acme/rates"),
        ('{"name": "@acme/rates"}', "packages/rates/src/fees.ts", "@acme/rates/fees"),
        (
            '{"name": "rates", "exports": {"./fees": {"types": "./dist/fees.d.ts"}}}',
            "packages/rates/src/fees.ts",
            "rates/fees",
        ),
        ('{"name": "rates", "exports": {"./*": "./lib/*.ts"}}', "packages/rates/lib/fees.ts", "rates/fees"),
        ('{"name": "rates", "exports": "./main.ts"}', "packages/rates/main.ts", "rates"),
    ],
)
def test_packages_of_the_workspace(manifest, file, specifier):
    assert located([file], {"packages/rates/package.json": manifest}, "apps/web/form.ts", specifier) == file


def test_import_maps():
    manifests = {
        "supabase/functions/deno.json": '{"imports": {"rules/": "./_shared/rules/", "limits": "./_shared/limits.ts"}}',
        "package.json": '{"name": "shop", "imports": {"#db/*": "./db/*.ts"}}',
    }
    files = ["supabase/functions/_shared/rules/a.ts", "supabase/functions/_shared/limits.ts", "db/pool.ts"]
    importer = "supabase/functions/lend/index.ts"
    assert located(files, manifests, importer, "rules/a.ts") == files[0]
    assert located(files, manifests, importer, "limits") == files[1]
    assert located(files, manifests, "src/a.ts", "#db/pool") == files[2]


@pytest.mark.parametrize(
    ("file", "specifier"),
    [
        ("src/limits.ts", "@/limits"),
        ("limits.ts", "@/limits"),
        ("lib/limits.ts", "~/lib/limits"),
        ("src/lib/limits.ts", "$lib/limits"),
        ("src/limits.ts", "src/limits"),
    ],
)
def test_conventions_hold_where_no_configuration_speaks(file, specifier):
    assert located([file], {}, "src/form.ts", specifier) == file


def test_a_convention_is_tried_in_the_nearest_package_first():
    manifests = {"package.json": '{"name": "root"}', "apps/web/package.json": '{"name": "web"}'}
    files = ["src/limits.ts", "apps/web/src/limits.ts"]
    assert located(files, manifests, "apps/web/src/form.ts", "@/limits") == "apps/web/src/limits.ts"


def test_an_import_through_a_linked_folder():
    links = {"apps/web/shared": "packages/shared"}
    assert located(["packages/shared/a.ts"], {}, "apps/web/form.ts", "./shared/a", links) == "packages/shared/a.ts"


@pytest.mark.parametrize("text", ["[1]", '"x"', "{", "// nothing"])
def test_what_is_no_object_is_refused(text):
    with pytest.raises(ValueError):
        parse_json(text.encode())
