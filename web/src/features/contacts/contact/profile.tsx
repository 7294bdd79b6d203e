import { useTranslation } from "react-i18next";
import type { Contact } from "@/api/types";
import { attributeText, type Tongue } from "@/graph/conditions";
import { useFormat } from "@/lib/format";
import { fieldName } from "@/lib/vocabulary";
import css from "./profile.module.css";

/** What one looks for first stands first; the rest keeps its order. */
const FIRST = ["firstName", "lastName", "gender", "birthDate", "address.city", "address.country", "language"];
const SHOP = "shop.";
const rankOf = (path: string) => (FIRST.indexOf(path) + FIRST.length + 1) % (FIRST.length + 1);

/** Nested attributes as one flat list of paths; empty objects say nothing. */
function flat(attributes: Record<string, unknown>, prefix = ""): [string, unknown][] {
  return Object.entries(attributes).flatMap(([key, value]): [string, unknown][] => {
    const path = prefix + key;
    if (path === "tags") return [];
    if (value !== null && typeof value === "object" && !Array.isArray(value)) {
      return flat(value as Record<string, unknown>, `${path}.`);
    }
    return [[path, value]];
  });
}

function Pairs({ attributes, tongue }: { attributes: [string, unknown][]; tongue: Tongue }) {
  return (
    <dl className={css.pairs}>
      {attributes.map(([path, value]) => (
        <div key={path}>
          <dt title={path}>{fieldName(tongue.t, path)}</dt>
          <dd>{attributeText(path, value, tongue)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What is known of a contact: identities, attributes, tags, and what it agreed to on each list. */
export function Profile({ contact }: { contact: Contact }) {
  const { t } = useTranslation();
  const format = useFormat();
  const tongue = { t, format };
  const attributes = flat(contact.attributes).toSorted(([a], [b]) => rankOf(a) - rankOf(b));
  const given = attributes.filter(([path]) => !path.startsWith(SHOP));
  // A figure that there is none of, such as a cart, is no row.
  const figures = attributes.filter(([path, value]) => path.startsWith(SHOP) && value !== null);
  return (
    <>
      <Part title={t("contact.identities")}>
        <ul className={css.chips}>
          {contact.identities.map((one) => (
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
        <Pairs attributes={given} tongue={tongue} />
      </Part>
      {figures.length > 0 && (
        <Part title={t("contact.shop")}>
          <Pairs attributes={figures} tongue={tongue} />
        </Part>
      )}
      {contact.tags.length > 0 && (
        <Part title={t("contact.tags")}>
          <ul className={css.chips}>
            {contact.tags.map((tag) => (
              <li key={tag}>{tag}</li>
            ))}
          </ul>
        </Part>
      )}
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
      </Part>
      <p className={css.known}>{t("contact.knownSince", { when: format.date(contact.createdAt) })}</p>
    </>
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
