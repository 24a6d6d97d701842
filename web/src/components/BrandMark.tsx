import classes from "./BrandMark.module.css";

export function BrandMark() {
  return (
    <span className={classes.brand}>
      <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
        <rect width="24" height="24" rx="6" fill="var(--mantine-primary-color-filled)" />
        <path
          d="M6.5 17.5v-4M12 17.5v-11M17.5 17.5v-7"
          stroke="#fff"
          strokeWidth="2.5"
          strokeLinecap="round"
        />
      </svg>
      <span className={classes.name}>P09</span>
    </span>
  );
}
