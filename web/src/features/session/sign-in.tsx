import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { type FormEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { type ApiProblem, client, dataOf } from "@/api/client";
import { sessionQuery } from "@/api/queries";
import { languages, speak } from "@/lib/i18n";
import { Mark } from "@/ui/mark";
import css from "./sign-in.module.css";
import { Way } from "./way";

const route = getRouteApi("/sign-in");

/** Only a path of our own is gone to after signing in, never an address that someone put there. */
const safe = (next: string | undefined): string =>
  next?.startsWith("/") && !next.startsWith("//") && !next.startsWith("/\\") ? next : "/";

/** Signing in with email and password. */
export function SignInPage() {
  const { t, i18n } = useTranslation();
  const { next } = route.useSearch();
  const queries = useQueryClient();
  const router = useRouter();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const enter = useMutation({
    mutationFn: () => dataOf(client.POST("/api/v1/session", { body: { email, password } })),
    onSuccess: (session) => {
      queries.clear();
      queries.setQueryData(sessionQuery.queryKey, session);
      router.history.push(safe(next));
    },
  });
  useEffect(() => {
    document.title = `${t("signIn.title")} · Percorso`;
  }, [t]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    enter.mutate();
  };
  return (
    <main className={css.page}>
      <section className={css.side}>
        <div className={css.brand}>
          <Mark size={26} /> Percorso
        </div>
        <form className={css.form} onSubmit={submit}>
          <h1 className={css.title}>{t("signIn.title")}</h1>
          <p className={css.words}>{t("signIn.words")}</p>
          <TextInput
            label={t("signIn.email")}
            type="email"
            size="md"
            autoComplete="username"
            required
            withAsterisk={false}
            autoFocus
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <PasswordInput
            label={t("signIn.password")}
            size="md"
            autoComplete="current-password"
            required
            withAsterisk={false}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            visibilityToggleButtonProps={{ "aria-label": t("signIn.show") }}
          />
          <div role="alert" className={css.alert}>
            {enter.isError && (
              <p className={css.error}>{t(`signIn.errors.${errorOf(enter.error as ApiProblem)}`)}</p>
            )}
          </div>
          <Button type="submit" size="md" fullWidth loading={enter.isPending}>
            {t("signIn.enter")}
          </Button>
        </form>
        <div className={css.languages}>
          {languages.map((language) => (
            <button
              key={language}
              type="button"
              lang={language}
              aria-pressed={i18n.language === language}
              onClick={() => speak(language)}
            >
              {t(`languages.${language}`)}
            </button>
          ))}
        </div>
      </section>
      <Way />
    </main>
  );
}

function errorOf({ status }: ApiProblem): string {
  if (status === 0) return "unreachable";
  if (status === 429) return "throttled";
  if (status === 503) return "busy";
  return [400, 401, 422].includes(status) ? "refused" : "failed";
}
