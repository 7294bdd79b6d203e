import { type MantineColorScheme, Menu, useMantineColorScheme } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { client, dataOf } from "@/api/client";
import { clockQuery } from "@/api/queries";
import type { Session } from "@/api/types";
import { useFormat } from "@/lib/format";
import { type Language, languages, speak } from "@/lib/i18n";
import { useNow, useRate } from "@/lib/now";
import { IconDeviceDesktop, IconLogout, IconMoon, IconSun } from "@/ui/icons";
import css from "./account.module.css";

const schemes = [
  { scheme: "light", Icon: IconSun },
  { scheme: "dark", Icon: IconMoon },
  { scheme: "auto", Icon: IconDeviceDesktop },
] as const;

interface AccountProps {
  session: Session;
  narrow: boolean;
}

/** Whose workspace this is, what time it has, and the menu of language, appearance and signing out. */
export function Account({ session, narrow }: AccountProps) {
  const { t, i18n } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const change = async (language: Language) => {
    await speak(language);
    // The server's own sentences were in the other language.
    await queries.invalidateQueries();
  };
  const leave = useMutation({
    mutationFn: () => dataOf(client.DELETE("/api/v1/session")),
    onSettled: async () => {
      await navigate({ to: "/sign-in", search: { next: undefined } });
      queries.clear();
    },
  });
  return (
    <div className={css.foot}>
      <Time narrow={narrow} />
      <Menu position="top-start" width={228} offset={6}>
        <Menu.Target>
          <button type="button" className={css.target}>
            <span className="sr-only">{t("frame.account")}</span>
            <span className={css.letter} aria-hidden>
              {session.workspace.name.charAt(0)}
            </span>
            {!narrow && (
              <span className={css.names}>
                <span className={css.workspace}>{session.workspace.name}</span>
                <span className={css.user}>{session.user.name || session.user.email}</span>
              </span>
            )}
          </button>
        </Menu.Target>
        <Menu.Dropdown className={css.menu}>
          <Menu.Label>{t("frame.language")}</Menu.Label>
          <Menu.RadioGroup value={i18n.language} onChange={(language) => change(language as Language)}>
            {languages.map((language) => (
              <Menu.RadioItem key={language} value={language} closeMenuOnClick>
                <span lang={language}>{t(`languages.${language}`)}</span>
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
          <Menu.Divider />
          <Menu.Label>{t("frame.appearance")}</Menu.Label>
          <Menu.RadioGroup
            value={colorScheme}
            onChange={(scheme) => setColorScheme(scheme as MantineColorScheme)}
          >
            {schemes.map(({ scheme, Icon }) => (
              <Menu.RadioItem
                key={scheme}
                value={scheme}
                closeMenuOnClick
                rightSection={<Icon size={16} stroke={1.7} />}
              >
                {t(`schemes.${scheme}`)}
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
          <Menu.Divider />
          <Menu.Item leftSection={<IconLogout size={16} stroke={1.7} />} onClick={() => leave.mutate()}>
            {t("frame.signOut")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

function Time({ narrow }: { narrow: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const rate = useRate();
  const now = useNow(rate > 1 ? 1_000 : 15_000);
  const known = useQueryClient().getQueryData(clockQuery.queryKey) !== undefined;
  if (!known || rate === 1 || narrow) return null;
  return (
    <div className={css.time}>
      <span>{format.dateTime(now)}</span>
      <span className={css.rate}>{t("frame.rate", { rate: format.number(rate) })}</span>
    </div>
  );
}
