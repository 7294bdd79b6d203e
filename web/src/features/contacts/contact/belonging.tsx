import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { client, dataOf } from "@/api/client";
import { useMay } from "@/api/may";
import { contactGroupsQuery, contactSegmentsQuery } from "@/api/people";
import { useFormat } from "@/lib/format";
import { IconX } from "@/ui/icons";
import { Problem } from "@/ui/problem";
import { Section } from "@/ui/section";
import css from "./belonging.module.css";

/** The groups that a contact was put in, and the segments that it meets; each segment says why. */
export function Belonging({ contactId }: { contactId: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useMay();
  const queries = useQueryClient();
  const groups = useQuery(contactGroupsQuery(contactId));
  const segments = useQuery(contactSegmentsQuery(contactId));
  const leave = useMutation({
    mutationFn: (id: string) =>
      dataOf(
        client.DELETE("/api/v1/groups/{id}/members/{contact_id}", {
          params: { path: { id, contact_id: contactId } },
        }),
      ),
    onSuccess: (_, id) => {
      queries.setQueryData(contactGroupsQuery(contactId).queryKey, (before) =>
        before ? { ...before, items: before.items.filter((group) => group.id !== id) } : before,
      );
      return queries.invalidateQueries({ queryKey: ["group", id] });
    },
  });
  return (
    <>
      <Section title={t("frame.groups")}>
        {groups.data?.items.length === 0 && <p className={css.none}>{t("contact.noGroups")}</p>}
        <ul className={css.chips}>
          {groups.data?.items.map((group) => (
            <li key={group.id}>
              <Link to="/groups/$groupId" params={{ groupId: group.id }}>
                {group.name}
              </Link>
              {may("contacts.write") && (
                <button
                  type="button"
                  aria-label={t("contact.leaveGroup", { group: group.name })}
                  onClick={() => leave.mutate(group.id)}
                >
                  <IconX size={13} stroke={2} aria-hidden />
                </button>
              )}
            </li>
          ))}
        </ul>
        <Problem error={groups.error ?? leave.error} />
      </Section>
      <Section title={t("contact.segments")}>
        {segments.data?.items.length === 0 && <p className={css.none}>{t("contact.noSegments")}</p>}
        <ul className={css.chips}>
          {segments.data?.items.map((segment) => (
            <li key={segment.id}>
              <Link
                from="/contacts/$contactId"
                to="."
                replace
                search={(before) => ({
                  ...before,
                  segment: segment.id,
                  run: undefined,
                  panel: undefined,
                })}
                title={t("contact.memberSince", { when: format.dateTime(segment.enteredAt) })}
              >
                {segment.name}
                <span className={css.why}>{t("contact.why")}</span>
              </Link>
            </li>
          ))}
        </ul>
        <Problem error={segments.error} />
      </Section>
    </>
  );
}
