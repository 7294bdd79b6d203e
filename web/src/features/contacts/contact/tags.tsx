import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { client, dataOf } from "@/api/client";
import { useMay } from "@/api/may";
import type { Contact } from "@/api/types";
import { IconX } from "@/ui/icons";
import { Problem } from "@/ui/problem";
import css from "./belonging.module.css";

type Kind = "manual" | "auto";

/** The tags of a contact by who set them: people, or journeys and rules. */
function tagsOf(contact: Contact): [Kind, string][] {
  const { tags } = contact.attributes as { tags?: Partial<Record<Kind, unknown>> };
  return (["manual", "auto"] as const).flatMap((kind) => {
    const given = tags?.[kind];
    const texts = Array.isArray(given) ? given.filter((one) => typeof one === "string") : [];
    return texts.map((tag): [Kind, string] => [kind, tag]);
  });
}

/** What a contact is marked with; whoever may write takes a tag off. */
export function Tags({ contact, past }: { contact: Contact; past: boolean }) {
  const { t } = useTranslation();
  const may = useMay();
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: ([kind, tag]: [Kind, string]) =>
      dataOf(
        client.PATCH("/api/v1/contacts/{id}/tags", {
          params: { path: { id: contact.id } },
          body: { kind, remove: [tag] },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["contact", contact.id] }),
  });
  return (
    <>
      <ul className={css.chips}>
        {tagsOf(contact).map(([kind, tag]) => (
          <li key={`${kind}/${tag}`} title={t(`contact.tagged.${kind}`)}>
            <span>{tag}</span>
            {may("contacts.write") && !past && (
              <button
                type="button"
                aria-label={t("contact.removeTag", { tag })}
                disabled={remove.isPending}
                onClick={() => remove.mutate([kind, tag])}
              >
                <IconX size={13} stroke={2} aria-hidden />
              </button>
            )}
          </li>
        ))}
      </ul>
      <Problem error={remove.error} />
    </>
  );
}
