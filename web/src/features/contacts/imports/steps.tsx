import { useTranslation } from "react-i18next";
import { IconCheck } from "@/ui/icons";
import css from "./steps.module.css";

const STEPS = ["columns", "options", "check"] as const;
type Step = (typeof STEPS)[number];

interface StepsProps {
  current: Step;
  /** Whether a later step can be gone to. */
  open: Partial<Record<Step, boolean>>;
  onGo: (step: Step) => void;
}

/** How far the deciding is; what is done already can be gone back to. */
export function Steps({ current, open, onGo }: StepsProps) {
  const { t } = useTranslation();
  const at = STEPS.indexOf(current);
  return (
    <ol className={css.steps} aria-label={t("imports.steps")}>
      {STEPS.map((step, index) => (
        <li key={step} data-done={index < at || undefined}>
          <button
            type="button"
            aria-current={step === current ? "step" : undefined}
            disabled={index > at && !open[step]}
            onClick={() => onGo(step)}
          >
            <span className={css.number} aria-hidden>
              {index < at ? <IconCheck size={13} stroke={2.4} /> : index + 1}
            </span>
            {t(`imports.step.${step}`)}
          </button>
        </li>
      ))}
    </ol>
  );
}
