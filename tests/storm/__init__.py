"""The storm: 200,000 events while every process is killed or stopped, and a checker that knows nothing of us."""
