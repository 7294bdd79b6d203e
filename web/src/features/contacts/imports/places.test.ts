import { expect, test } from "vitest";
import { tongueOf } from "@/testing/tongue";
import { placeOf } from "./places";

const lists = [{ id: "l1", name: "Novità" }];

test.each([
  ["address.city", "Roma", "en", "city", "Roma"],
  ["status.l1.email", "subscribed", "en", "Novità · email", "subscribed"],
  ["status.l1.email", "unsubscribed", "it", "Novità · email", "non iscritto"],
  ["status.gone.push", "subscribed", "en", "gone · push", "subscribed"],
  ["identities.external_id", "c7", "en", "external id", "c7"],
])("%s and the value %s in words (%s)", async (path, value, language, name, said) => {
  const { t } = await tongueOf(language as "it" | "en");
  const place = placeOf(t, path, lists);
  expect([place.name, place.say(value)]).toEqual([name, said]);
});
