import type { ConsentTest, IdentityTest, Membership, StatusTest } from "@/api/graph";
import { type Part, sentence } from "@/lib/sentence";
import { knownText } from "@/lib/vocabulary";
import type { Tongue } from "./conditions";

/** The sentence of a leaf that asks where the contact stands. */
export function standingSentence(
  leaf: Membership | StatusTest | ConsentTest | IdentityTest,
  { t, nameOf }: Tongue,
): Part[] {
  const value = (text: string): Part => ({ text, tone: "value" });
  switch (leaf.kind) {
    case "membership":
      return sentence(t, `standing.${leaf.of}`, {
        name: value(nameOf?.(leaf.of, leaf.id) ?? t("common.unnamed")),
      });
    case "status":
      return sentence(t, "standing.status", {
        status: value(t(`standing.statuses.${leaf.status ?? "subscribed"}`)),
        channel: value(t(`standing.through.${leaf.status ?? "subscribed"}.${leaf.channel}`)),
        list: value(
          leaf.listId ? (nameOf?.("list", leaf.listId) ?? t("common.unnamed")) : t("standing.anyList"),
        ),
      });
    case "consent":
      return sentence(t, "standing.consent", {
        leaf: {
          text: knownText(t, `standing.leaves.${leaf.leaf.replaceAll(".", "_")}`) ?? leaf.leaf,
          tone: "field",
        },
        state: value(
          t(`standing.consents.${leaf.aspect ?? "status"}_${leaf.value === false ? "no" : "yes"}`),
        ),
      });
    default:
      return sentence(t, "standing.identity", { identity: value(t(`standing.identities.${leaf.identity}`)) });
  }
}
