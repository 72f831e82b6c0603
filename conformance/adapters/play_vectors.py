"""Plays the test vectors of `atm vectors DIR` against the class `Client` of a module: python3 play_vectors.py DIR MODULE

`take(input)` returns the sent messages: dictionaries with `to` (a bare JID), `readers` (keys) and `decisions` (pairs of
"trust" or "distrust" and a key). `level(key)` is "open", "authenticated" or "distrusted". A key is a pair of owner and id."""
import importlib, json, pathlib, sys

def mistakes(vector, play, client):
    """Each mistake, with the number of the step and the id of the requirement."""
    rules, keys = vector["messages"], {name: (key["owner"], key["id"]) for name, key in vector["keys"].items()}
    names, own = {key: name for name, key in keys.items()}, keys[vector["own-key"]][0]
    levels, told, readers, facts = {}, {}, [], {}
    for number, step in enumerate(play["steps"]):
        if (sent := client.take(step["input"])) is None:
            return  # the client cannot do this
        levels |= step.get("levels", {})
        readers, facts = step.get("readers", readers), step.get("facts", facts)  # or those of the step before
        shown = {name: client.level(keys[name]) for name in levels}
        for name in (name for name in levels if shown[name] in levels[name]["forbidden"]):
            yield number, levels[name]["forbidden"][shown[name]], f"{name} is {shown[name]}"
        if any(shown[name] != level.get("assumed", shown[name]) for name, level in levels.items()):
            return  # a level is not as the following steps assume
        for message in sent:
            decisions = {(verdict, names.get(key)) for verdict, key in message["decisions"]}
            for reader in map(names.get, message["readers"]):
                told |= {(reader, *decision): number for decision in decisions}
                also = [] if ("distrust", reader) in decisions else step.get("readers-unless-distrusted", [])
                if reader not in readers and reader not in also:
                    yield number, rules["readers"][0], f"{reader} can read a message"
            for verdict, key in decisions:
                if key not in facts[verdict] and not step.get("sends-again"):
                    yield number, rules["facts"], f"a message says: {verdict} {key}"
                elif message["to"] != own and keys[key][0] not in (own, message["to"]):
                    yield number, rules["third-parties"], f"{message['to']} is told: {verdict} {key}"
        for must in step.get("must-tell", []):
            when = told.get((must["to"], must["verdict"], must["key"]))
            if when is None or when < number and not must.get("may-be-earlier"):
                yield number, must["requirement"], f"{must['to']} is not told: {must['verdict']} {must['key']}"

if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(f"usage: {sys.argv[0]} DIR MODULE")
    Client, found = importlib.import_module(sys.argv[2]).Client, 0
    for path in sorted(pathlib.Path(sys.argv[1]).glob("*@*.json")):
        vector = json.loads(path.read_text())
        for play in vector["plays"]:
            for mistake in mistakes(vector, play, Client()):
                found += 1
                print(vector["case"], *play["variations"], *mistake)
    sys.exit(found > 0)
