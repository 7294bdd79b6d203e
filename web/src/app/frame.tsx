import { useQuery } from "@tanstack/react-query";
import { Outlet, useLocation } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { carryToken } from "@/api/client";
import { clockQuery, sessionQuery } from "@/api/queries";
import { FormatContext, makeFormatter } from "@/lib/format";
import { ClockContext } from "@/lib/now";
import { Loading, Trouble } from "@/ui/forms";
import { IconMenu2 } from "@/ui/icons";
import css from "./frame.module.css";
import { Rail } from "./rail";

/** The signed-in application: rail at the left, the room at the right. Who is not signed in is sent to do so. */
export function Frame() {
  const { t, i18n } = useTranslation();
  const session = useQuery(sessionQuery);
  const clock = useQuery({ ...clockQuery, enabled: session.isSuccess });
  const location = useLocation();
  const [open, setOpen] = useState(false);

  useEffect(() => {
    if (session.data) carryToken(session.data.csrfToken);
  }, [session.data]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the drawer closes whenever the room changes
  useEffect(() => setOpen(false), [location.pathname]);

  const workspace = session.data?.workspace;
  const format = useMemo(
    () =>
      makeFormatter({
        language: i18n.language,
        timeZone: workspace?.timeZone ?? "UTC",
        currency: workspace?.currency ?? "EUR",
      }),
    [i18n.language, workspace?.timeZone, workspace?.currency],
  );

  if (session.isPending) {
    return (
      <div className={css.waiting}>
        <Loading rows={5} />
      </div>
    );
  }
  if (session.isError) {
    return (
      <main className={css.waiting}>
        <Trouble error={session.error} retry={() => session.refetch()} />
      </main>
    );
  }
  return (
    <FormatContext.Provider value={format}>
      <ClockContext.Provider value={clock.data ?? null}>
        <div className={css.frame}>
          <a className={css.skip} href="#content">
            {t("frame.skip")}
          </a>
          <button
            type="button"
            className={css.menu}
            aria-label={t("frame.menu")}
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            <IconMenu2 size={20} stroke={1.7} />
          </button>
          {/* biome-ignore lint/a11y/noStaticElementInteractions: a second way to close, beside Esc and the button */}
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: Esc closes it too */}
          {open && <div className={css.veil} onClick={() => setOpen(false)} />}
          <Rail session={session.data} open={open} onClose={() => setOpen(false)} />
          <div className={css.room}>
            <Outlet />
          </div>
        </div>
      </ClockContext.Provider>
    </FormatContext.Provider>
  );
}
