/** What is wrong with the days of Performance Insights. https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html */
export function performanceInsightsProblem(days: number): string | undefined {
  const months = days / 31;
  if (days === 7 || days === 731 || (Number.isInteger(months) && months >= 1 && months <= 23)) return undefined;
  return "Performance Insights keeps 7 days, 1 to 23 months of 31 days, or two years";
}
