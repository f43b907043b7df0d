"""Values that are brought into a range before they are stored, and what helpers of everything hand on."""

from scenes import sites

SQL = "create table halls (id bigint, seats integer, level integer);"


def test_a_range_of_a_rounded_value_admits_whole_numbers():
    files = {
        "1.sql": SQL,
        "a.ts": """
        function within(given: number) {
          const whole = Math.round(given);
          return Math.min(50, Math.max(1, whole));
        }
        export async function save(id: number, wanted: string) {
          const seats = within(Number(wanted));
          await supabase.from("halls").update({ seats }).eq("id", id);
        }
        """,
    }
    assert "halls.seats bound 1 <= value <= 50, a whole number" in sites(files)


def test_a_range_of_what_is_computed_says_nothing_of_what_was_read():
    files = {
        "1.sql": SQL,
        "a.ts": """
        export async function bonus(id: number) {
          const { data: hall } = await supabase.from("halls").select("level").eq("id", id).single();
          const extra = Math.floor((hall.level - 10) / 2);
          return Math.max(1, extra);
        }
        export function shown(hall: { level: number; seats: number }) {
          const extra = Math.floor((hall.level - 10) / 2);
          return Math.max(1, extra);
        }
        """,
    }
    assert not [told for told in sites(files) if "level bound" in told]


def test_a_field_made_by_a_helper_of_everything_is_followed_to_its_column():
    others = "\n".join(f'const part{number} = make("p");' for number in range(200))
    files = {
        "1.sql": SQL,
        "a.ts": f"""
        function make(tag: string) {{
          return document.createElement(tag);
        }}
        {others}
        const seatsInput = make("input");
        export async function save(id: number) {{
          const wanted = Number(seatsInput.value);
          if (wanted > 80) {{
            throw new Error("too many");
          }}
          await supabase.from("halls").update({{ seats: wanted }}).eq("id", id);
        }}
        """,
    }
    assert "halls.seats bound value <= 80" in sites(files)
