import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { client, dataOf } from "@/api/client";
import { type ImportPreview, type ImportSettings, importQuery } from "@/api/data";
import { useFormat } from "@/lib/format";
import { Loading, Trouble } from "@/ui/forms";
import { Page } from "@/ui/page";
import { Problem } from "@/ui/problem";
import { CheckStep } from "./check-step";
import { ColumnsStep } from "./columns-step";
import { draftOf, faultsOf } from "./draft";
import css from "./imports.module.css";
import { OptionsStep } from "./options-step";
import { Outcome } from "./outcome";
import { Steps } from "./steps";

const route = getRouteApi("/frame/imports/$importId");

/** One file on its way in: its columns, what is to be done with the rows, the dry run, and what became of it. */
export function ImportPage() {
  const { t } = useTranslation();
  const { importId } = route.useParams();
  const found = useQuery(importQuery(importId));
  const parent = <Link to="/imports">{t("imports.title")}</Link>;
  if (found.isPending || found.isError) {
    return (
      <Page title={t("imports.unknown")} parent={parent}>
        {found.isPending ? (
          <Loading rows={7} />
        ) : (
          <Trouble
            error={found.error}
            retry={() => found.refetch()}
            way={
              <Button component={Link} to="/imports">
                {t("imports.all")}
              </Button>
            }
          />
        )}
      </Page>
    );
  }
  const { data } = found;
  const deciding = data.state === "ready" || data.state === "checking";
  return (
    <Page title={data.fileName || t("imports.title")} parent={parent}>
      {deciding ? (
        <Wizard key={`${data.encoding}/${data.delimiter}/${data.hasHeader}`} data={data} />
      ) : (
        <Outcome data={data} />
      )}
    </Page>
  );
}

function Wizard({ data }: { data: ImportPreview }) {
  const { t } = useTranslation();
  const { locale } = useFormat();
  const { step = "columns" } = route.useSearch();
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const [settings, setSettings] = useState<ImportSettings>(() => draftOf(data, locale.timeZone));
  const change = (part: Partial<ImportSettings>) => setSettings((before) => ({ ...before, ...part }));
  const go = (to: typeof step) => navigate({ search: { step: to === "columns" ? undefined : to } });
  const params = { path: { id: data.id } };
  const ask = useMutation({
    mutationFn: (what: "check" | "start") =>
      what === "check"
        ? dataOf(client.POST("/api/v1/imports/{id}/check", { params, body: settings }))
        : dataOf(client.POST("/api/v1/imports/{id}/start", { params, body: settings })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["import", data.id] });
      await queries.invalidateQueries({ queryKey: ["imports"] });
    },
  });
  const cancel = useMutation({
    mutationFn: () => dataOf(client.POST("/api/v1/imports/{id}/cancel", { params })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["import", data.id] }),
  });
  const faults = faultsOf(settings);
  const columnFaults = faults.filter((fault) => !["noWording", "noEvidence"].includes(fault));
  const forward = async () => {
    if (step === "columns") return go("options");
    await ask.mutateAsync("check");
    return go("check");
  };
  const blocked = step === "columns" ? columnFaults : faults;
  return (
    <>
      <Steps
        current={step}
        onGo={go}
        open={{ options: columnFaults.length === 0, check: data.checked !== null }}
      />
      {step === "columns" && <ColumnsStep data={data} settings={settings} onChange={change} />}
      {step === "options" && <OptionsStep settings={settings} onChange={change} />}
      {step === "check" && <CheckStep data={data} />}
      {step !== "check" && blocked.length > 0 && (
        <ul className={css.faults}>
          {blocked.map((fault) => (
            <li key={fault}>{t(`imports.faults.${fault}`)}</li>
          ))}
        </ul>
      )}
      <Problem error={ask.error ?? cancel.error} />
      <div className={css.foot} data-step={step}>
        <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
          {t("imports.cancel")}
        </Button>
        <span className={css.fill} />
        {step !== "columns" && (
          <Button variant="default" onClick={() => go(step === "check" ? "options" : "columns")}>
            {t("imports.back")}
          </Button>
        )}
        {step === "check" ? (
          <Button
            disabled={data.state === "checking" || !data.checked || faults.length > 0}
            loading={ask.isPending}
            onClick={() => ask.mutate("start")}
          >
            {t("imports.start")}
          </Button>
        ) : (
          <Button disabled={blocked.length > 0} loading={ask.isPending} onClick={forward}>
            {t(step === "columns" ? "imports.next" : "imports.check")}
          </Button>
        )}
      </div>
    </>
  );
}
