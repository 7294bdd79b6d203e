import type { TFunction } from "i18next";
import { fieldName, knownText } from "@/lib/vocabulary";

interface Place {
  name: string;
  /** A value that stands there, in words. */
  say: (value: string) => string;
}

const asIs = (value: string) => value;

/** What a place of a contact is called that a row would change: an attribute, an identity, a status on a list. */
export function placeOf(t: TFunction, path: string, lists: { id: string; name: string }[]): Place {
  const [root, first = "", channel = ""] = path.split(".");
  if (root === "status") {
    const list = lists.find((one) => one.id === first)?.name ?? first;
    const way = knownText(t, `channels.${channel}`) ?? channel;
    return { name: `${list} · ${way}`, say: (value) => knownText(t, `statuses.${value}`) ?? value };
  }
  if (root === "identities") {
    return { name: knownText(t, `identities.${first}`) ?? fieldName(t, first), say: asIs };
  }
  return { name: fieldName(t, path), say: asIs };
}
