import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type Field, faultsQuery, fieldsQuery } from "@/api/people";
import type { Contact } from "@/api/types";
import { attributeText, type Tongue } from "@/graph/conditions";
import { useFormat } from "@/lib/format";
import { fieldName } from "@/lib/vocabulary";
import { Belonging } from "./belonging";
import { Lines } from "./lines";
import css from "./profile.module.css";
import { Tags } from "./tags";
import { flat, rankOf, SHOP } from "./values";

interface ProfileProps {
  contact: Contact;
  /** The contact as it was at the moment that was chosen; undefined: as it is now. */
  past: Contact | undefined;
}

/** What is known of a contact: identities, declared and other attributes, tags, groups, segments, subscriptions. */
export function Profile({ contact, past }: ProfileProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const fields = useQuery(fieldsQuery);
  const faults = useQuery(faultsQuery(contact.id));
  const shown = past ?? contact;
  const declared = new Map(fields.data?.items.map((field) => [field.path, field]));
  const later = past ? new Map(flat(contact.attributes)) : undefined;
  const attributes = flat(shown.attributes)
    .filter(([path]) => !declared.get(path)?.hidden)
    .toSorted(([a], [b]) => rankOf(a) - rankOf(b));
  const pairs = {
    tongue: { t, format },
    declared,
    later,
    ill: new Set(past ? [] : faults.data?.illTyped),
  };
  const figures = attributes.filter(([path, value]) => path.startsWith(SHOP) && value !== null);
  const given = attributes.filter(([path]) => !path.startsWith(SHOP));
  // Without the fields their names and types would be guessed, and change a moment later.
  if (fields.isPending) return <Lines rows={8} />;
  const missing = past ? [] : (faults.data?.missing ?? []);
  return (
    <>
      {past && (
        <div className={css.past}>
          <span>{t("asOf.banner", { when: format.dateTime(past.asOf) })}</span>
          <Link
            from="/contacts/$contactId"
            to="."
            replace
            search={(before) => ({ ...before, asOf: undefined })}
          >
            {t("asOf.back")}
          </Link>
        </div>
      )}
      <Part title={t("contact.identities")}>
        <ul className={css.chips}>
          {shown.identities.map((one) => (
            <li key={one.kind + one.value} title={t(`identities.${one.kind}`, { defaultValue: one.kind })}>
              {["email", "phone"].includes(one.kind)
                ? one.value
                : `${t(`identities.${one.kind}`, { defaultValue: one.kind })} ${one.value}`}
            </li>
          ))}
        </ul>
      </Part>
      <Part title={t("contact.profile")}>
        {given.length === 0 && <p className={css.none}>{t("contact.noAttributes")}</p>}
        <Pairs attributes={given} {...pairs} />
        {missing.length > 0 && (
          <p className={css.missing}>
            {t("contact.missing", {
              fields: format.list(missing.map((path) => nameOf(path, declared, pairs.tongue))),
            })}
          </p>
        )}
      </Part>
      {figures.length > 0 && (
        <Part title={t("contact.shop")}>
          <Pairs attributes={figures} {...pairs} />
        </Part>
      )}
      {shown.tags.length > 0 && (
        <Part title={t("contact.tags")}>
          <Tags contact={shown} past={past !== undefined} />
        </Part>
      )}
      {!past && <Belonging contactId={contact.id} />}
      {!past && <Subscriptions contact={contact} />}
      <p className={css.known}>{t("contact.knownSince", { when: format.date(contact.createdAt) })}</p>
    </>
  );
}

/** What a path is called: as the workspace declared it in this language, else the usual word. */
function nameOf(path: string, declared: Map<string, Field>, { t, format }: Tongue): string {
  const labels = declared.get(path)?.labels as Record<string, string> | undefined;
  const usual = fieldName(t, path);
  return labels?.[format.locale.language] ?? usual;
}

/** A name without what stands in brackets after it: that is told when it is pointed at. */
const shortOf = (name: string): string => name.replace(/ \([^)]*\)$/, "");

interface PairsProps {
  attributes: [string, unknown][];
  tongue: Tongue;
  declared: Map<string, Field>;
  /** The values of today, where those shown are of the past. */
  later: Map<string, unknown> | undefined;
  ill: Set<string>;
}

function Pairs({ attributes, tongue, declared, later, ill }: PairsProps) {
  const { t } = tongue;
  return (
    <dl className={css.pairs}>
      {attributes.map(([path, value]) => {
        const now = later?.get(path);
        const changed = later !== undefined && JSON.stringify(now) !== JSON.stringify(value);
        return (
          <div key={path} data-changed={changed || undefined}>
            <dt title={`${nameOf(path, declared, tongue)} · ${path}`}>
              {shortOf(nameOf(path, declared, tongue))}
            </dt>
            <dd>
              {attributeText(path, value, tongue)}
              {changed && (
                <span className={css.now}>
                  {t("asOf.changed", { value: attributeText(path, now, tongue) })}
                </span>
              )}
              {ill.has(path) && declared.has(path) && (
                <span className={css.ill}>{t(`contact.illTyped.${declared.get(path)?.type}`)}</span>
              )}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

function Subscriptions({ contact }: { contact: Contact }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Part title={t("contact.lists")}>
      {contact.statuses.length === 0 && <p className={css.none}>{t("contact.noStatusWords")}</p>}
      <dl className={css.pairs}>
        {contact.statuses.map((one) => (
          <div key={one.listId + one.channel}>
            <dt>
              {one.listName} · {t(`channels.${one.channel}`)}
            </dt>
            <dd>
              {t(`statuses.${one.status}`)} · {format.date(one.changedAt)}
            </dd>
          </div>
        ))}
      </dl>
      <Link
        from="/contacts/$contactId"
        to="."
        replace
        search={(before) => ({ ...before, panel: "consents", run: undefined, segment: undefined })}
        className={css.more}
      >
        {t("consents.open")}
      </Link>
    </Part>
  );
}

function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section className={css.part}>
      <h2 className={css.heading}>{title}</h2>
      {children}
    </section>
  );
}
