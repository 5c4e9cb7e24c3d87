/* OpenMP API 5.0, sections 3.2.1 and 3.2.3: the team size of the calling thread. */
int omp_get_max_threads(void);
void omp_set_num_threads(int num_threads);
