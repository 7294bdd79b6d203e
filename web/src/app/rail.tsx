import { useLocalStorage } from "@mantine/hooks";
import { Link, useRouterState } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { Session } from "@/api/types";
import {
  IconAddressBook,
  IconBolt,
  IconCirclesRelation,
  IconFileAlert,
  IconHistory,
  IconInbox,
  IconLayoutSidebarLeftCollapse,
  IconLayoutSidebarLeftExpand,
  IconListDetails,
  IconRoute2,
  IconUsers,
  IconUsersGroup,
  IconWorldPause,
} from "@/ui/icons";
import { Mark } from "@/ui/mark";
import { Account } from "./account";
import css from "./rail.module.css";

const rooms = [
  { section: null, items: [{ to: "/journeys", name: "journeys", Icon: IconRoute2 }] },
  {
    section: "audience",
    items: [
      // Imports are reached from the contacts, and belong to them.
      { to: "/contacts", name: "contacts", Icon: IconUsers, holds: "/imports" },
      { to: "/lists", name: "lists", Icon: IconAddressBook },
      { to: "/segments", name: "segments", Icon: IconCirclesRelation },
      { to: "/groups", name: "groups", Icon: IconUsersGroup },
      { to: "/fields", name: "fields", Icon: IconListDetails },
    ],
  },
  {
    section: "events",
    items: [
      { to: "/events", name: "events", Icon: IconBolt },
      { to: "/rejected", name: "rejected", Icon: IconFileAlert },
    ],
  },
  {
    section: "deliveries",
    items: [
      { to: "/mailbox", name: "mailbox", Icon: IconInbox },
      { to: "/domains", name: "domains", Icon: IconWorldPause },
    ],
  },
  {
    section: "settings",
    needs: "audit.read",
    items: [{ to: "/audit", name: "audit", Icon: IconHistory }],
  },
] as const;

/** Whether a part of the rail is for this session: what its role could never enter is not offered. */
const mayEnter = (session: Session) => (part: (typeof rooms)[number]) =>
  !("needs" in part) || session.permissions.includes(part.needs);

interface RailProps {
  session: Session;
  /** On narrow screens the rail is a drawer. */
  open: boolean;
  onClose: () => void;
}

/** The rooms of the application; only those that exist. */
export function Rail({ session, open, onClose }: RailProps) {
  const { t } = useTranslation();
  const [narrow, setNarrow] = useLocalStorage({ key: "percorso.rail", defaultValue: false });
  useEffect(() => {
    if (!open) return;
    const close = (event: KeyboardEvent) => event.key === "Escape" && onClose();
    window.addEventListener("keydown", close);
    return () => window.removeEventListener("keydown", close);
  }, [open, onClose]);
  const here = useRouterState({ select: (state) => state.location.pathname });
  const Toggle = narrow ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse;
  return (
    <nav
      className={css.rail}
      data-narrow={narrow || undefined}
      data-open={open || undefined}
      aria-label={t("frame.rooms")}
    >
      <div className={css.top}>
        <Link to="/journeys" className={css.brand} aria-label="Percorso">
          <Mark />
          <span className={css.word}>Percorso</span>
        </Link>
        <button
          type="button"
          className={css.toggle}
          onClick={() => setNarrow(!narrow)}
          aria-label={t(narrow ? "frame.widen" : "frame.narrow")}
          title={t(narrow ? "frame.widen" : "frame.narrow")}
        >
          <Toggle size={17} stroke={1.6} />
        </button>
      </div>
      <div className={css.rooms}>
        {rooms.filter(mayEnter(session)).map(({ section, items }) => (
          <div key={section ?? "first"} className={css.section}>
            {section && <div className={css.heading}>{t(`frame.sections.${section}`)}</div>}
            {items.map(({ to, name, Icon, ...item }) => (
              <Link
                key={to}
                to={to}
                className={css.item}
                data-active={("holds" in item && here.startsWith(item.holds)) || undefined}
                activeProps={{ "data-active": true, "aria-current": "page" } as object}
                title={narrow ? t(`frame.${name}`) : undefined}
              >
                <Icon size={18} stroke={1.6} aria-hidden />
                <span className={css.word}>{t(`frame.${name}`)}</span>
              </Link>
            ))}
          </div>
        ))}
      </div>
      <Account session={session} narrow={narrow} />
    </nav>
  );
}
