import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { peopleQuery } from "@/api/queries";
import { useFormat } from "@/lib/format";
import { useNow } from "@/lib/now";
import { Empty, Loading, Trouble } from "@/ui/forms";
import { More } from "@/ui/more";
import { Person } from "@/ui/person";
import { heldFor } from "./figures";
import css from "./panel.module.css";

/** Who is held at a step now: since when, and until when if that is known. */
export function PanelPeople({ journeyId, step }: { journeyId: string; step: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const people = useInfiniteQuery(peopleQuery(journeyId, step));
  if (people.isPending) return <Loading rows={5} />;
  if (people.isError) return <Trouble error={people.error} retry={() => people.refetch()} />;
  const all = people.data.pages.flatMap((page) => page.items);
  if (all.length === 0) return <Empty title={t("panel.nobody")}>{t("panel.nobodyWords")}</Empty>;
  return (
    <>
      <ul>
        {all.map((person) => (
          <li key={person.runId}>
            <Link
              to="/contacts/$contactId"
              params={{ contactId: person.contactId }}
              search={{ run: person.runId, view: undefined }}
              className={css.person}
            >
              <Person name={person.name || person.email || ""} />
              <div className={css.who}>
                <div>{person.name || person.email || t("common.unnamed")}</div>
                {person.name && <div className={css.email}>{person.email}</div>}
              </div>
              <div className={css.times}>
                <div>{heldFor(person.since, now, { t, format })}</div>
                {person.until && (
                  <div className={css.until}>
                    {t("panel.until", { when: format.relative(person.until, now) })}
                  </div>
                )}
              </div>
            </Link>
          </li>
        ))}
      </ul>
      <More
        has={people.hasNextPage}
        loading={people.isFetchingNextPage}
        onMore={() => people.fetchNextPage()}
      />
    </>
  );
}
