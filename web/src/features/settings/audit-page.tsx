import { SegmentedControl } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type AuditLine, auditQuery, type ExportLine, exportsQuery, usersQuery } from "@/api/data";
import { useFormat } from "@/lib/format";
import { Empty, ListPicture, Loading, Trouble } from "@/ui/forms";
import { More } from "@/ui/more";
import { Page } from "@/ui/page";
import { type Column, Table } from "@/ui/table";
import css from "./settings.module.css";

const route = getRouteApi("/frame/audit");
const isId = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

/** Who a caller is, in words: a user or a key by name, anything else as a key. */
function useCaller(): (caller: string, keyName: string | null) => string {
  const { t } = useTranslation();
  const users = useQuery(usersQuery);
  return (caller, keyName) => {
    if (caller === "command line") return t("audit.commandLine");
    if (caller === "journey") return t("audit.journeyItself");
    if (keyName) return t("audit.keyNamed", { name: keyName });
    if (users.isPending) return "…";
    const user = users.data?.items.find((one) => caller === `user:${one.id}`);
    return user?.name || user?.email || t(caller.startsWith("user:") ? "audit.someone" : "audit.key");
  };
}

/** Who took, removed or opened what: the trail that somebody may ask about. */
export function AuditPage() {
  const { t } = useTranslation();
  const { view = "actions" } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Page title={t("frame.audit")}>
      <div className={css.bar}>
        <SegmentedControl
          size="xs"
          aria-label={t("audit.views")}
          value={view}
          onChange={(value) =>
            navigate({ search: { view: value === "exports" ? "exports" : undefined }, replace: true })
          }
          data={[
            { value: "actions", label: t("audit.actions") },
            { value: "exports", label: t("audit.exports") },
          ]}
        />
      </div>
      {view === "exports" ? <Exports /> : <Actions />}
    </Page>
  );
}

function Actions() {
  const { t } = useTranslation();
  const format = useFormat();
  const caller = useCaller();
  const audit = useQuery(auditQuery);
  if (audit.isPending) return <Loading rows={7} />;
  if (audit.isError) return <Trouble error={audit.error} retry={() => audit.refetch()} />;
  if (audit.data.items.length === 0) {
    return (
      <Empty title={t("audit.emptyTitle")} picture={<ListPicture />}>
        {t("audit.emptyWords")}
      </Empty>
    );
  }
  const columns: Column<AuditLine>[] = [
    {
      id: "action",
      header: t("audit.action"),
      cell: (line) => (
        <>
          <span className={css.name}>
            {t(`audit.said.${line.action.replaceAll(".", "_")}`, { defaultValue: line.action })}
          </span>
          <div className={css.quiet}>
            {["wording", "channel"]
              .map((key) => line.detail[key])
              .filter((value) => typeof value === "string")
              .join(" · ")}
          </div>
          <div className={`${css.narrow} ${css.quiet}`}>
            {caller(line.caller, line.callerName)} · <Subject line={line} />
          </div>
        </>
      ),
    },
    {
      id: "who",
      header: t("audit.who"),
      width: "220px",
      wide: true,
      cell: (line) => caller(line.caller, line.callerName),
    },
    {
      id: "subject",
      header: t("audit.subject"),
      width: "200px",
      wide: true,
      cell: (line) => <Subject line={line} />,
    },
    {
      id: "when",
      header: t("audit.when"),
      align: "end",
      width: "180px",
      cell: (line) => <time dateTime={line.at}>{format.dateTime(line.at)}</time>,
    },
  ];
  return (
    <Table label={t("audit.actions")} columns={columns} rows={audit.data.items} keyOf={(line) => line.id} />
  );
}

/** What a line is about: a way to it where it is still there, else what it was. */
function Subject({ line }: { line: AuditLine }) {
  const { t } = useTranslation();
  const { action, subject, detail } = line;
  if (action === "contact.erased") return <span className={css.quiet}>{t("audit.erasedContact")}</span>;
  if (action === "contacts.imported") {
    return (
      <Link to="/imports/$importId" params={{ importId: subject }} className={css.link}>
        {t("audit.import")}
      </Link>
    );
  }
  if (action === "contacts.downloaded") {
    return t(detail.kind === "rejects" ? "audit.kinds.rejects" : "audit.kinds.contacts");
  }
  if (action.startsWith("list.")) {
    return (
      <Link to="/lists" className={css.link}>
        {line.subjectName ?? t("audit.list")}
      </Link>
    );
  }
  if (action.startsWith("member.")) return <Who id={subject} />;
  if (action === "webhook_secret.changed") return t("audit.signing");
  if (action === "holidays.changed") return t("audit.holidays");
  if (action === "caps.changed") return t("audit.caps");
  if (action.startsWith("journey.")) {
    return (
      <Link to="/journeys/$journeyId" params={{ journeyId: subject }} className={css.link}>
        {t("audit.journey")}
      </Link>
    );
  }
  if (isId.test(subject)) {
    return (
      <Link to="/contacts/$contactId" params={{ contactId: subject }} className={css.link}>
        {t("audit.contact")}
      </Link>
    );
  }
  return subject;
}

function Who({ id }: { id: string }) {
  return useCaller()(`user:${id}`, null);
}

function Exports() {
  const { t } = useTranslation();
  const format = useFormat();
  const caller = useCaller();
  const exports = useInfiniteQuery(exportsQuery);
  if (exports.isPending) return <Loading rows={7} />;
  if (exports.isError) return <Trouble error={exports.error} retry={() => exports.refetch()} />;
  const rows = exports.data.pages.flatMap((page) => page.items);
  if (rows.length === 0) {
    return (
      <Empty title={t("audit.noExportsTitle")} picture={<ListPicture />}>
        {t("audit.noExportsWords")}
      </Empty>
    );
  }
  const columns: Column<ExportLine>[] = [
    {
      id: "kind",
      header: t("audit.what"),
      cell: (line) => (
        <>
          <span className={css.name}>{t(`audit.kinds.${line.kind}`)}</span>
          <div className={`${css.narrow} ${css.quiet}`}>{caller(line.madeBy, line.keyName)}</div>
        </>
      ),
    },
    {
      id: "who",
      header: t("audit.who"),
      width: "220px",
      wide: true,
      cell: (line) => caller(line.madeBy, line.keyName),
    },
    {
      id: "rows",
      header: t("audit.rows"),
      align: "end",
      width: "140px",
      cell: (line) => (line.rows === null ? t("audit.unfinished") : format.number(line.rows)),
    },
    {
      id: "when",
      header: t("audit.when"),
      align: "end",
      width: "180px",
      cell: (line) => <time dateTime={line.createdAt}>{format.dateTime(line.createdAt)}</time>,
    },
  ];
  return (
    <>
      <Table label={t("audit.exports")} columns={columns} rows={rows} keyOf={(line) => line.id} />
      <More
        has={exports.hasNextPage}
        loading={exports.isFetchingNextPage}
        onMore={() => exports.fetchNextPage()}
      />
    </>
  );
}
