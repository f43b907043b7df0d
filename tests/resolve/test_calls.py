"""Write paths: what stands before them, where one comes in, and what the caller decides."""

from archlint import catalog
from archlint.languages.postgresql import read
from archlint.model.source import Layer
from archlint.resolve import resolve

TABLE = "create table gifts (id bigint, amount integer, note text, donor uuid);"


def writes(text):
    files = {"1.sql": read("1.sql", (TABLE + text).encode())}
    found = resolve(files, catalog.build(files), {"1.sql": Layer.DATABASE}, lambda importer, module: None)
    return found, {path.symbol: path for path in found.writes}


def routine(name, body, parameters="p_amount integer"):
    return f"""
    create function {name}({parameters}) returns void language plpgsql security definer as $$
    begin {body} end; $$;
    """


LIMIT = "if p_amount > 6 then raise exception 'too much'; end if;"
INSERT = "insert into gifts (amount, donor) values (p_amount, auth.uid());"


def limits(found):
    return {site.symbol: site.id for site in found.sites if site.normal == "value <= 6"}


def test_a_guard_stands_before_the_write_of_its_own_routine_only():
    found, by = writes(routine("checked", LIMIT + INSERT) + routine("unchecked", INSERT))
    number = limits(found)["checked"]
    assert number in by["checked"].guards
    assert number not in by["unchecked"].guards


def test_a_guard_of_the_caller_or_of_a_helper():
    text = (
        routine("helper", LIMIT)
        + routine("by_helper", "perform helper(p_amount);" + INSERT)
        + routine("inner_write", INSERT)
        + routine("outer", LIMIT + "perform inner_write(p_amount);")
    )
    found, by = writes(text)
    numbers = limits(found)
    assert numbers["helper"] in by["by_helper"].guards
    assert numbers["outer"] in by["inner_write"].guards


def test_entrances_and_what_the_caller_gives():
    _, by = writes(routine("give", INSERT))
    assert by["give"].entrance == "rpc give(integer)"
    assert by["give"].given == ("amount",)
    assert by["give"].client == "definer"
    assert by["give"].reachable


def test_a_routine_whose_right_was_taken():
    closed = routine("give", INSERT) + "revoke execute on function give(integer) from public, anon, authenticated;"
    assert not writes(closed)[1]["give"].reachable
    given = closed + "grant execute on function give(integer) to authenticated;"
    assert writes(given)[1]["give"].reachable


def test_a_trigger_is_no_entrance():
    text = """
    create function count_up() returns trigger language plpgsql as $$
    begin update gifts set amount = 1; return new; end; $$;
    create trigger t after insert on gifts for each row execute function count_up();
    """
    assert writes(text)[1]["count_up"].entrance == "trigger"
