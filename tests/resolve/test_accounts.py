"""What screens ask of an account: passwords go to the auth service, and a list of requirements states them too."""

from scenes import resolved, sites

SIGN_UP = """
export async function join(email: string, password: string) {
  if (password.length < 10) throw new Error("too short");
  await supabase.auth.signUp({ email, password });
}
"""
LIST = """
import { join } from "./a";
export function Join() {
  const [password, setPassword] = useState("");
  const wishes = [
    { label: "10 signs", %s: password.length >= 10 },
    { label: "a digit", %s: /[0-9]/.test(password) },
  ];
  return <form onSubmit={() => join("", password)}>{wishes.map(show)}</form>;
}
"""


def test_the_password_of_a_new_account():
    assert "auth.users.password length length >= 10" in sites({"a.ts": SIGN_UP})


def test_a_list_of_requirements_states_them():
    found = sites({"a.ts": SIGN_UP, "b.tsx": LIST % ("met", "met")}, "b.tsx")
    assert "auth.users.password length length >= 10" in found
    assert "auth.users.password pattern value matches [0-9]" in found


def test_a_list_of_mistakes_is_not_taken_for_one_of_requirements():
    found = sites({"a.ts": SIGN_UP, "b.tsx": LIST % ("broken", "broken")}, "b.tsx")
    assert not [line for line in found if "password" in line]


def test_a_name_that_code_gives_to_anything_is_no_column():
    files = {
        "1.sql": "create table settings (id bigint, value text not null);",
        "a.ts": "export function show(value: string) { if (value.length < 3) throw new Error('short'); }",
    }
    assert [str(site.subject) for site in resolved(files).sites if site.path == "a.ts"] == ["~.value"]
